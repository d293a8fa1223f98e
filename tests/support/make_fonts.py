"""Make pipeline/fonts/: TrueType subsets of the Noto CJK fonts (OFL), once, at development time.

TrueType outlines, because CID-keyed CFF renders blank in some viewers and carries no widths for the PDF/UA validator.
Sources: Debian's fonts-noto-cjk. Run: python -m tests.support.make_fonts
"""

from __future__ import annotations

from pathlib import Path

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont, newTable
from fontTools.ttLib.tables._g_l_y_f import Glyph

FOLDER = Path("/usr/share/fonts/opentype/noto")
TARGET = Path(__file__).resolve().parents[2] / "pipeline" / "fonts"
JOBS = (
    ("NotoSerifCJK-Regular.ttc", "NotoSerifSC-Regular-gb.ttf", "Notice Serif SC", "Regular"),
    ("NotoSerifCJK-Bold.ttc", "NotoSerifSC-Bold-gb.ttf", "Notice Serif SC", "Bold"),
    ("NotoSansCJK-Regular.ttc", "NotoSansSC-Regular-gb.ttf", "Notice Sans SC", "Regular"),
)
NAME_CHARACTERS = (
    "堃喆玥昇珺璟燚垚犇骉叒祎翀曌芃玙琤瑄頔烜炘堉墐嫄婳嫚媺瑀甡赟昳旸晞暐朏梽棽橦沄沚洺淏渟湉溦濛镕龑龘䶮瞾翾翙翚翛翯赪頫頵颋飏骃骍骎骕骙髙魋鸑鹓"
    "鹔昉昰晊晙晛晢晳暅暕暠暥暭暲曈曔旻旼旿昒炆炑炟炤烔烶焌焜焞煃煐煚熇熥燊燏燨爔玏玓玕玚玠玦玧玭玹珅珒珖珘珝珣珦珪珫珮珰珵珽琁琇琎琟琡琫琭琯琲琸"
    "瑃瑅瑆瑑瑔瑝瑢瑧瑨瑱璆璈璘璠璥璪璬璮璱璲畇畯皛皞皦盷眹睎碁祃祊祐禔禛禤秾稑穈竑筼簃縠绤缊翃胐苺茀莙菂萩蓂虓衎袆褀訚訢詝詟誾諟諲譞贇郃鄩釔釗鈊"
    "鈺鋆鋐錤錡鐘鑨锜镠隺霂霙霡霨鞮頠颙飗骦齁龏龢劼勍勔匊叡嘒囧垿埗堌堽壎妘姁姈姞姮姺婞婥媃媄媖媗媞媱嫕嫪嬅嬿孖宬寗尨屾峣崟嵂嵚巘帨幖廙弢彧忞悆惇"
    "惔愃愔慜慥憺扆掞揚敔旂旳旵杺枃枓枟栻梣棨棪棫楀楙榞樑汭沇沨泂泚洸浐淓淩淯湑湜湦湲溁溍溙滈滉潏潽澔澴濋瀞炁烺"
)
"""Characters of personal names outside GB2312."""
EXTRA = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳〔〕【】《》〈〉—–…‘’“”·•√×÷±≤≥≠≈℃％‰№→←↑↓■□▲△●○◆◇★☆※†‡§☑☒✓✗　〇㎡￥©®‑"


def characters() -> set[int]:
    """GB2312, printable ASCII and Latin-1, common name characters, the signs that forms need."""
    codes = set(range(0x20, 0x7F)) | set(range(0xA0, 0x100)) | {ord(c) for c in NAME_CHARACTERS + EXTRA}
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                codes.add(ord(bytes([high, low]).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return codes


def make(source: str, target: str, family: str, style: str) -> None:
    """Subset one face and turn its outlines into quadratic curves."""
    collection = TTCollection(FOLDER / source)
    font = next(f for f in collection.fonts if "CJK SC" in f["name"].getDebugName(1))
    options = Options()
    options.layout_features, options.name_IDs, options.notdef_outline, options.hinting = [], [0, 1, 2, 4, 6, 13, 14], True, False
    options.drop_tables += ["VORG", "GSUB", "GPOS", "BASE", "vhea", "vmtx", "DSIG"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters())
    subsetter.subset(font)
    _to_quadratic(font)
    _rename(font, family, style)
    font["head"].created = font["head"].modified = 3_800_000_000
    font.recalcTimestamp = False
    TARGET.mkdir(parents=True, exist_ok=True)
    font.save(TARGET / target)


def _to_quadratic(font: TTFont) -> None:
    order, glyphs = font.getGlyphOrder(), font.getGlyphSet()
    table = newTable("glyf")
    table.glyphs, table.glyphOrder = {}, order
    for name in order:
        pen = TTGlyphPen(None)
        glyphs[name].draw(Cu2QuPen(pen, max_err=1.0, reverse_direction=True))
        glyph = pen.glyph()
        table.glyphs[name] = glyph if isinstance(glyph, Glyph) else Glyph()
    font["loca"], font["glyf"] = newTable("loca"), table
    del font["CFF "]
    font["maxp"].tableVersion = 0x00010000
    for field in ("maxZones", "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs", "maxStackElements",
                  "maxSizeOfInstructions", "maxComponentElements", "maxPoints", "maxContours", "maxCompositePoints",
                  "maxCompositeContours", "maxComponentDepth"):
        setattr(font["maxp"], field, 1 if field == "maxZones" else 0)
    font["post"].formatType = 3.0
    font["post"].extraNames, font["post"].mapping = [], {}
    font.sfntVersion = "\x00\x01\x00\x00"


def _rename(font: TTFont, family: str, style: str) -> None:
    for code, text in ((1, family), (2, style), (4, f"{family} {style}"), (6, f"{family.replace(' ', '')}-{style}"),
                       (16, family), (17, style)):
        font["name"].setName(text, code, 3, 1, 0x409)
    font["name"].names = [n for n in font["name"].names if n.platformID == 3 and n.langID == 0x409]


if __name__ == "__main__":
    for job in JOBS:
        make(*job)
