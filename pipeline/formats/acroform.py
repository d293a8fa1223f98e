"""The AcroForm layer: links named `field:KEY` become fields with scripts, tooltips, tags and appearances.

Scripts are a convenience of the viewer. What comes back is checked and summed again by the reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pikepdf
from msgspec import Struct
from pikepdf import Array, Dictionary, Name, String

from pipeline.formats import pdffonts

READ_ONLY = 1
MULTILINE = 1 << 12
PRINT = 4


class FormScripts(Struct, frozen=True):
    """What the fields do. `maxima` by key of a score (None: not known); `groups`: subtotal key → (score key, sign); `signs`: key
    of a subtotal, or of a score in none → sign in the total; `chosen`: subtotals that are the best of their scores; `caps`:
    subtotal key → the most it is; `units`: keys of which one wants a score; `skipped`: keys of N/A boxes; `bands`: (label, min,
    max, min included, max included); `ungraded`: why there is no grade whatever the total, or blank; `decimals`: places that a
    score may have, `precision`: the same in words; `scale`: what makes scores whole."""

    prefix: str
    maxima: dict[str, str | None]
    texts: dict[str, str]
    groups: dict[str, tuple[tuple[str, int], ...]]
    labels: dict[str, str]
    signs: dict[str, int]
    chosen: frozenset[str]
    caps: dict[str, str]
    units: tuple[tuple[str, ...], ...]
    base: str
    vetoes: dict[str, str]
    skipped: tuple[str, ...]
    bands: tuple[tuple[str, str | None, str | None, bool, bool], ...]
    ungraded: str
    decimals: int
    precision: str
    scale: int

    def is_box(self, key: str) -> bool:
        return key in self.vetoes or key in self.skipped

    def is_number(self, key: str) -> bool:
        return key in self.maxima or key in self.groups or key == f"{self.prefix}_total"

    def is_calculated(self, key: str) -> bool:
        return key in self.groups or key in (f"{self.prefix}_total", f"{self.prefix}_grade")

    def size(self, key: str) -> float:
        """Type size of a text field in points."""
        return 11 if self.is_number(key) else 7.5 if key.endswith("_note") else 10


def add_fields(pdf: pikepdf.Pdf, scripts: FormScripts) -> None:
    """Turn the links of a laid-out form into its blank fields."""
    latin, typing = pdffonts.latin_font(pdf), pdffonts.typing_font(pdf)
    elements = dict(_parent_tree(pdf.Root.StructTreeRoot.ParentTree))
    fields = Array()
    by_key: dict[str, pikepdf.Object] = {}
    for page in pdf.pages:
        for annotation in page.obj.get("/Annots", Array()):
            key = _field_key(annotation)
            if key is None:
                continue
            _convert(pdf, annotation, key, scripts)
            element = elements.get(int(annotation.get("/StructParent", -1)))
            if element is not None:
                element.S = Name.Form
                if "/Alt" in element:
                    del element["/Alt"]
            fields.append(annotation)
            by_key[key] = annotation
        page.obj.Tabs = Name.S
    order = [*scripts.groups, f"{scripts.prefix}_total", f"{scripts.prefix}_grade"]
    pdf.Root.AcroForm = pdf.make_indirect(
        Dictionary(
            Fields=fields, DR=Dictionary(Font=Dictionary(NtcL=latin, NtcC=typing)), DA=String("/NtcC 10 Tf 0 g"),
            CO=Array([by_key[k] for k in order if k in by_key]),
        )
    )
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)


def fill_fields(pdf: pikepdf.Pdf, scripts: FormScripts, values: Mapping[str, str]) -> None:
    """Write values (key → text; `Yes` ticks a box) into a blank form, with appearances that need no script or font."""
    drawn = _ValueFont(pdf, [v for k, v in values.items() if not scripts.is_box(k)])
    for field in pdf.Root.AcroForm.Fields:
        key = str(field.T)
        value = values.get(key, "")
        if value and scripts.is_box(key):
            field.V = field.AS = Name.Yes if value == "Yes" else Name.Off
        elif value:
            field.V = String(value)
            field.AP = Dictionary(N=drawn.appearance(field, value, scripts.size(key), scripts.is_number(key)))


def _parent_tree(node: pikepdf.Object) -> Iterator[tuple[int, pikepdf.Object]]:
    if "/Nums" in node:
        nums = node.Nums
        for i in range(0, len(nums), 2):
            if isinstance(nums[i + 1], Dictionary):
                yield int(nums[i]), nums[i + 1]
    for kid in node.get("/Kids", Array()):
        yield from _parent_tree(kid)


def _field_key(annotation: pikepdf.Object) -> str | None:
    action = annotation.get("/A")
    uri = str(action.get("/URI", "")) if action is not None else ""
    return uri.removeprefix("field:") if uri.startswith("field:") else None


def _convert(pdf: pikepdf.Pdf, field: pikepdf.Object, key: str, scripts: FormScripts) -> None:
    for gone in ("/A", "/Border", "/Contents", "/BS", "/QuadPoints", "/H"):
        if gone in field:
            del field[gone]
    field.Subtype, field.T, field.F = Name.Widget, String(key), PRINT
    field.TU = String(_tooltip(key, scripts))
    if scripts.is_box(key):
        _as_box(pdf, field)
        return
    number = scripts.is_number(key)
    field.FT = Name.Tx
    field.DA = String(f"/{'NtcL' if number else 'NtcC'} {scripts.size(key):g} Tf 0 g")
    field.Q = 1 if number else 0
    field.Ff = (MULTILINE if key.endswith("_note") else 0) | (READ_ONLY if scripts.is_calculated(key) else 0)
    actions = _actions(key, scripts)
    if actions is not None:
        field.AA = actions
    field.AP = Dictionary(N=_shape(pdf, field, "/Tx BMC EMC"))


def _tooltip(key: str, scripts: FormScripts) -> str:
    fixed = {"assessee": "被评价单位", "date": "评价时间", "assessor": "专家签字", "total": "总评（自动计算）", "grade": "等次（自动计算）"}
    tail = key.removeprefix(f"{scripts.prefix}_")
    if tail in fixed:
        return fixed[tail]
    if key in scripts.labels:
        return f"{scripts.labels[key]} 小计（自动计算）"
    if key in scripts.vetoes:
        return f"一票否决：{scripts.vetoes[key]}"
    for ending, lead in (("_note", "扣分说明"), ("_na", "不适用（打√并在扣分说明栏写明理由）")):
        if key.endswith(ending):
            return f"{lead}：{scripts.texts.get(key.removesuffix(ending), key)}"
    top = scripts.maxima.get(key)
    return f"得分 {f'0–{top}' if top is not None else '（分值未定）'}：{scripts.texts.get(key, key)}"


# ---- scripts -----------------------------------------------------------------------------------------------------


def _actions(key: str, scripts: FormScripts) -> Dictionary | None:
    if key in scripts.maxima:
        top = scripts.maxima[key]
        above = f"||Number(v)>{top}" if top is not None else ""
        words = _ascii(f"应为 {f'0 至 {top}' if top is not None else '不小于 0 的数'}，{scripts.precision}")
        places = f"([.][0-9]{{0,{scripts.decimals}}})?" if scripts.decimals else ""
        # Every beginning of a legal score is legal, so a key that makes an illegal one can be refused; PDFium refuses only
        # when the field is left, and that is said.
        refuse = (
            f"var v=AFMergeChange(event);if(!/^[0-9]*{places}$/.test(v){above}){{event.rc=false;if(event.willCommit)app.alert({words});}}"
        )
        if top is None:
            return Dictionary(K=_script(refuse))
        return Dictionary(K=_script(refuse), V=_script(f"AFRange_Validate(true,0,true,{top});"))
    if key in scripts.groups:
        plus, minus = ([k for k, sign in scripts.groups[key] if sign == way] for way in (1, -1))
        return Dictionary(C=_script(_sum(plus, minus, "0", scripts.scale, key in scripts.chosen, scripts.caps.get(key))))
    if key == f"{scripts.prefix}_total":
        plus, minus = ([k for k, sign in scripts.signs.items() if sign == way] for way in (1, -1))
        return Dictionary(C=_script(_sum(plus, minus, scripts.base, scripts.scale)))
    if key == f"{scripts.prefix}_grade":
        return Dictionary(C=_script(_grade(scripts)))
    return None


def _script(code: str) -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String(code))


def _ascii(text: str) -> str:
    """A JavaScript string literal in plain ASCII."""
    units = text.encode("utf-16-be")
    return '"' + "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2)) + '"'


def _names(keys: Iterable[str]) -> str:
    return "[" + ",".join(f'"{k}"' for k in keys) + "]"


def _sum(plus: Iterable[str], minus: Iterable[str], base: str, scale: int, best: bool = False, most: str | None = None) -> str:
    """Sum (or the best of `plus`, less `minus`; `most`, if more) in tenths (or finer, by `scale`), so that no binary fraction shows; blank
    while nothing is filled."""
    add = "t=Math.max(t,x)" if best else "t+=x"
    return (
        f"var p={_names(plus)},m={_names(minus)},s={scale},t=Math.round({base}*s),n=0,i,f,x;"
        f"for(i=0;i<p.length;i++){{f=this.getField(p[i]);if(f&&String(f.value)!==''){{n++;x=Math.round(Number(f.value)*s)||0;{add};}}}}"
        "for(i=0;i<m.length;i++){f=this.getField(m[i]);if(f&&String(f.value)!==''){n++;t-=Math.round(Number(f.value)*s)||0;}}"
        f"{f't=Math.min(t,Math.round({most}*s));' if most else ''}event.value=n?String(t/s):'';"
    )


def _grade(scripts: FormScripts) -> str:
    tests = []
    for label, low, high, low_in, high_in in scripts.bands:
        parts = []
        if low is not None:
            parts.append(f"t{'>=' if low_in else '>'}{low}")
        if high is not None:
            parts.append(f"t{'<=' if high_in else '<'}{high}")
        tests.append(f"if({'&&'.join(parts) or 'true'})return {_ascii(label)};")
    return (
        f"var v={_names(scripts.vetoes)},k=[{','.join(_names(unit) for unit in scripts.units)}],a={_names(scripts.skipped)},doc=this;"
        "function g(){var i,j,f,w,r,n=0,s=0,o={};"
        f"for(i=0;i<v.length;i++){{f=doc.getField(v[i]);if(f&&f.value!=='Off'&&f.value!=='')return {_ascii('一票否决')};}}"
        "for(i=0;i<a.length;i++){f=doc.getField(a[i]);if(f&&f.value!=='Off'&&f.value!==''){s++;o[a[i].slice(0,-3)]=1;}}"
        "for(i=0;i<k.length;i++){w=0;r=0;for(j=0;j<k[i].length;j++){f=doc.getField(k[i][j]);if(f&&String(f.value)!=='')w=1;if(o[k[i][j]])r++;}"
        "if(!w&&r<k[i].length)n++;}"
        f"if(n>0)return {_ascii('尚有')}+n+{_ascii('项未填')};"
        f"if(s>0)return {_ascii('有')}+s+{_ascii('项不适用，待计分')};"
        f"{f'return {_ascii(scripts.ungraded)};' if scripts.ungraded else ''}"
        f"var t=Number(doc.getField('{scripts.prefix}_total').value);"
        f"{''.join(tests)}return {_ascii('总分落在等次之外，待定' if scripts.bands else '')};}}"
        "event.value=g();"
    )


# ---- appearances -------------------------------------------------------------------------------------------------


def _size(field: pikepdf.Object) -> tuple[float, float]:
    x0, y0, x1, y1 = (float(v) for v in field.Rect)
    return abs(x1 - x0), abs(y1 - y0)


def _shape(pdf: pikepdf.Pdf, field: pikepdf.Object, code: str, resources: Dictionary | None = None) -> pikepdf.Object:
    """An appearance stream of the field's size."""
    width, height = _size(field)
    return pdf.make_stream(
        code.encode("ascii"), Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, width, height]),
        Resources=resources if resources is not None else Dictionary(),
    )  # fmt: skip


def _as_box(pdf: pikepdf.Pdf, field: pikepdf.Object) -> None:
    width, height = _size(field)
    # A drawn tick: the symbol font of the viewers is not embedded, which PDF/UA forbids.
    tick = f"q 1.4 w 0 0 0 RG {0.2 * width:.2f} {0.5 * height:.2f} m {0.42 * width:.2f} {0.25 * height:.2f} l {0.82 * width:.2f} {0.8 * height:.2f} l S Q"
    field.FT, field.V, field.AS, field.Ff = Name.Btn, Name.Off, Name.Off, 0
    field.AP = Dictionary(N=Dictionary(Yes=_shape(pdf, field, tick), Off=_shape(pdf, field, "q Q")))


class _ValueFont:
    """Draws values with one embedded subset that holds all of them."""

    def __init__(self, pdf: pikepdf.Pdf, values: list[str]) -> None:
        self.pdf = pdf
        self.text = "".join(sorted(set("".join(values)) - {"\n"}))
        self.font: pikepdf.Object | None = None
        self.codes: dict[str, int] = {}
        self.widths: dict[str, float] = {}
        if self.text:
            self.font, self.codes, self.widths = pdffonts.value_font(pdf, self.text)

    def appearance(self, field: pikepdf.Object, value: str, size: float, centred: bool) -> pikepdf.Object:
        """The appearance stream of one filled text field; a text too wide is set smaller, a note is wrapped."""
        return _shape(self.pdf, field, self._set(value, *_size(field), size, centred), Dictionary(Font=Dictionary(Val=self.font)))

    def _set(self, value: str, width: float, height: float, size: float, centred: bool) -> str:
        lines = self._wrap(value, (width - 3) / size)
        while len(lines) * size * 1.15 > height and size > 4:
            size -= 0.5
            lines = self._wrap(value, (width - 3) / size)
        y = height / 2 + (len(lines) / 2 - 1) * size * 1.15 + 0.24 * size
        out = ["/Tx BMC q BT", f"/Val {size:g} Tf 0 g"]
        for line in lines:
            x = (width - self._width(line) * size) / 2 if centred else 1.5
            shown = "".join(f"{self.codes[c]:04X}" for c in line)
            out.append(f"1 0 0 1 {x:.2f} {y:.2f} Tm <{shown}> Tj")
            y -= size * 1.15
        return " ".join([*out, "ET Q EMC"])

    def _width(self, text: str) -> float:
        return sum(self.widths[c] for c in text)

    def _wrap(self, value: str, room: float) -> list[str]:
        lines = []
        for text in value.split("\n"):
            line = ""
            for char in text:
                if line and self._width(line + char) > room:
                    lines.append(line)
                    line = ""
                line += char
            lines.append(line)
        return lines
