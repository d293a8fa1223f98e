"""The AcroForm layer: links named `field:KEY` become fields with scripts, tooltips, tags and appearances.

Scripts are a convenience of the viewer. What comes back is checked and summed again by the reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from pipeline.formats import pdffonts

READ_ONLY = 1
MULTILINE = 1 << 12
PRINT = 4


@dataclass(frozen=True, slots=True)
class FormScripts:
    """What the fields do. `maxima` by criterion key; `groups`: subtotal key → criterion keys; `bands`: (label, min, max,
    min included, max included)."""

    prefix: str
    maxima: dict[str, str]
    texts: dict[str, str]
    groups: dict[str, tuple[str, ...]]
    labels: dict[str, str]
    deductions: frozenset[str]
    vetoes: dict[str, str]
    bands: tuple[tuple[str, str | None, str | None, bool, bool], ...]


def add_fields(pdf: pikepdf.Pdf, scripts: FormScripts, values: Mapping[str, str]) -> None:
    """Turn the links of a laid-out form into its fields, filled with `values` (key → text; `Yes` ticks a box)."""
    latin, typing = pdffonts.latin_font(pdf), pdffonts.typing_font(pdf)
    elements = dict(_parent_tree(pdf.Root.StructTreeRoot.ParentTree))
    drawn = _ValueFont(pdf, [v for k, v in values.items() if k not in scripts.vetoes])
    fields = Array()
    by_key: dict[str, pikepdf.Object] = {}
    for page in pdf.pages:
        for annotation in page.obj.get("/Annots", Array()):
            key = _field_key(annotation)
            if key is None:
                continue
            _convert(pdf, annotation, key, scripts, values.get(key, ""), drawn)
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


def _convert(
    pdf: pikepdf.Pdf, field: pikepdf.Object, key: str, scripts: FormScripts, value: str, drawn: _ValueFont
) -> None:
    for gone in ("/A", "/Border", "/Contents", "/BS", "/QuadPoints", "/H"):
        if gone in field:
            del field[gone]
    field.Subtype, field.T, field.F = Name.Widget, String(key), PRINT
    field.TU = String(_tooltip(key, scripts))
    if key in scripts.vetoes:
        _as_box(pdf, field, value == "Yes")
        return
    number = key in scripts.maxima or key in scripts.groups or key.endswith("_total")
    field.FT = Name.Tx
    field.DA = String("/NtcL 11 Tf 0 g" if number else f"/NtcC {7.5 if key.endswith('_note') else 10} Tf 0 g")
    field.Q = 1 if number else 0
    flags = MULTILINE if key.endswith("_note") else 0
    calculated = key in scripts.groups or key in (f"{scripts.prefix}_total", f"{scripts.prefix}_grade")
    field.Ff = flags | (READ_ONLY if calculated else 0)
    actions = _actions(key, scripts)
    if actions is not None:
        field.AA = actions
    if value:
        field.V = String(value)
    field.AP = Dictionary(N=drawn.appearance(field, value, 11 if number else (7.5 if flags else 10), number))


def _tooltip(key: str, scripts: FormScripts) -> str:
    fixed = {"assessee": "被评价单位", "date": "评价时间", "assessor": "专家签字", "total": "总评（自动计算）", "grade": "等次（自动计算）"}
    tail = key.removeprefix(f"{scripts.prefix}_")
    if tail in fixed:
        return fixed[tail]
    if key in scripts.labels:
        return f"{scripts.labels[key]} 小计（自动计算）"
    if key in scripts.vetoes:
        return f"一票否决：{scripts.vetoes[key]}"
    base = key.removesuffix("_note")
    text = scripts.texts.get(base, base)
    return f"扣分说明：{text}" if key != base else f"得分 0–{scripts.maxima.get(key, '?')}：{text}"


# ---- scripts -----------------------------------------------------------------------------------------------------


def _actions(key: str, scripts: FormScripts) -> Dictionary | None:
    if key in scripts.maxima:
        top = scripts.maxima[key]
        refuse = f"var v=AFMergeChange(event);if(!/^[0-9]*([.][0-9]?)?$/.test(v)||Number(v)>{top}){{event.rc=false;}}"
        return Dictionary(K=_script(refuse), V=_script(f"AFRange_Validate(true,0,true,{top});"))
    if key in scripts.groups:
        return Dictionary(C=_script(_sum(scripts.groups[key], ())))
    if key == f"{scripts.prefix}_total":
        plus = [k for k in scripts.groups if k not in scripts.deductions]
        return Dictionary(C=_script(_sum(plus, [k for k in scripts.groups if k in scripts.deductions])))
    if key == f"{scripts.prefix}_grade":
        return Dictionary(C=_script(_grade(scripts)))
    return None


def _script(code: str) -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String(code))


def _ascii(text: str) -> str:
    """A JavaScript string literal in plain ASCII."""
    units = text.encode("utf-16-be")
    return '"' + "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2)) + '"'


def _names(keys: object) -> str:
    return "[" + ",".join(f'"{k}"' for k in keys) + "]"  # type: ignore[attr-defined]


def _sum(plus: object, minus: object) -> str:
    """Sum in tenths, so that no binary fraction shows."""
    return (
        f"var p={_names(plus)},m={_names(minus)},t=0,i,f;"
        "for(i=0;i<p.length;i++){f=this.getField(p[i]);if(f&&f.value!=='')t+=Math.round(Number(f.value)*10)||0;}"
        "for(i=0;i<m.length;i++){f=this.getField(m[i]);if(f&&f.value!=='')t-=Math.round(Number(f.value)*10)||0;}"
        "event.value=String(t/10);"
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
        f"var v={_names(scripts.vetoes)},k={_names(scripts.maxima)},doc=this;"
        "function g(){var i,f,n=0;"
        f"for(i=0;i<v.length;i++){{f=doc.getField(v[i]);if(f&&f.value!=='Off'&&f.value!=='')return {_ascii('一票否决')};}}"
        "for(i=0;i<k.length;i++){f=doc.getField(k[i]);if(f&&String(f.value)==='')n++;}"
        f"if(n>0)return {_ascii('尚有')}+n+{_ascii('项未填')};"
        f"var t=Number(doc.getField('{scripts.prefix}_total').value);"
        f"{''.join(tests)}return {_ascii('总分落在等次之外，待定')};}}"
        "event.value=g();"
    )


# ---- appearances -------------------------------------------------------------------------------------------------


def _size(field: pikepdf.Object) -> tuple[float, float]:
    x0, y0, x1, y1 = (float(v) for v in field.Rect)
    return abs(x1 - x0), abs(y1 - y0)


def _as_box(pdf: pikepdf.Pdf, field: pikepdf.Object, ticked: bool) -> None:
    width, height = _size(field)
    tick = f"q 1.4 w 0 0 0 RG {0.2 * width:.2f} {0.5 * height:.2f} m {0.42 * width:.2f} {0.25 * height:.2f} l {0.82 * width:.2f} {0.8 * height:.2f} l S Q"
    make = lambda code: pdf.make_stream(  # noqa: E731
        code.encode(), Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, width, height]), Resources=Dictionary()
    )
    state = Name.Yes if ticked else Name.Off
    field.FT, field.V, field.AS, field.Ff = Name.Btn, state, state, 0
    field.AP = Dictionary(N=Dictionary(Yes=make(tick), Off=make("q Q")))


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
        """The appearance stream of one text field; a text too wide is set smaller, a note is wrapped."""
        width, height = _size(field)
        resources = Dictionary(Font=Dictionary(Val=self.font)) if self.font is not None and value else Dictionary()
        code = self._set(value, width, height, size, centred) if value else "/Tx BMC EMC"
        return self.pdf.make_stream(
            code.encode("ascii"), Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, width, height]), Resources=resources
        )

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
