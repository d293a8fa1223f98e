"""The OCR engine: text boxes and characters from an image, with models that ship inside the rapidocr wheel.

Nothing is ever downloaded: both model files are named by path, and their absence is a MissingTool.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # else the runtime keeps a device number in the home folder and reports its use
import onnxruntime
import rapidocr
from msgspec import Struct
from rapidocr.ch_ppocr_det.utils import DBPostProcess

from pipeline import rx as regex
from pipeline.errors import MissingTool

MODELS = Path(rapidocr.__file__).parent / "models"
DETECTOR, RECOGNISER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"

MAX_SIDE = 2000
"""Longest side of the image the detector sees: above it only memory grows (measured: no better text at 4,000)."""

DETECTOR_STEP = 32
"""Sides of the detector's input are multiples of this."""

LINE_HEIGHT = 48
"""Pixels of a line as the recogniser wants it."""

WIDTH_STEP = 32
"""Lines are padded to a multiple of this, so that lines of like width share one run: padding costs as much as print (96 took
8 % longer on a page, and read the same)."""

BATCH = 8
"""Lines recognised at once; more only costs memory on a processor."""

LEAST_RIVAL = 0.05
"""Least probability of a character to be remembered beside the likeliest."""

Image = np.ndarray


class Char(Struct, frozen=True):
    """One recognised character: its centre as a part (0..1) of the crop's width, and the engine's probability. `raw` is the
    engine's own reading where it was settled otherwise; `rivals` what else it may be, the likeliest first, with their
    probabilities."""

    text: str
    centre: float
    confidence: float
    raw: str = ""
    rivals: tuple[tuple[str, float], ...] = ()


@cache
def _session(model: str) -> onnxruntime.InferenceSession:
    """A model ready to run. Threads that wait do not spin: on a machine with other work that halves the time."""
    if not (MODELS / model).is_file():
        raise MissingTool("rapidocr", f"its wheel lacks the model {model}", "install rapidocr 3.10.0")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.enable_cpu_mem_arena = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(MODELS / model), options, providers=["CPUExecutionProvider"])


def _run(model: str, batch: np.ndarray) -> np.ndarray:
    session = _session(model)
    return np.asarray(session.run(None, {session.get_inputs()[0].name: batch})[0])


class Classes(Struct, frozen=True):
    """What the recogniser's classes mean: the first is the blank."""

    letters: Sequence[str]
    numbers: Mapping[str, int]

    @classmethod
    def of(cls, letters: Sequence[str]) -> Classes:
        return cls(letters, {text: number for number, text in enumerate(letters)})

    def of_each(self, characters: str) -> list[int]:
        """The class number of each character. Raises KeyError for one that the recogniser does not know."""
        return [self.numbers[c] for c in characters]


@cache
def _classes() -> Classes:
    """The blank, the model's own list, the space."""
    own = _session(RECOGNISER).get_modelmeta().custom_metadata_map["character"]
    return Classes.of(("", *own.splitlines(), " "))


def find_boxes(image: Image) -> np.ndarray:
    """Quadrilaterals (n, 4, 2) around text lines of a grey image, clockwise from the top left, in its pixels."""
    height, width = image.shape[:2]
    factor = min(1.0, MAX_SIDE / max(height, width))
    size = [max(1, round(side * factor / DETECTOR_STEP)) * DETECTOR_STEP for side in (width, height)]
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
    scaled = small.astype(np.float32) / 127.5 - 1.0
    heat = _run(DETECTOR, np.repeat(scaled[None, None], 3, axis=1))
    # the engine's own settings, with room for more boxes: dense tables
    boxes, _ = DBPostProcess(thresh=0.3, box_thresh=0.5, max_candidates=3000, unclip_ratio=1.6, use_dilation=True)(heat, (height, width))
    return np.asarray(boxes, np.float32).reshape(-1, 4, 2)


def read_lines(crops: Sequence[Image]) -> list[list[Char]]:
    """The characters of each grey crop of one upright line."""
    return [line for line, _ in read_twofold(crops)]


def read_twofold(crops: Sequence[Image], allowed: str = "") -> list[tuple[list[Char], list[Char]]]:
    """The characters of each grey crop of one upright line: any, and as read when only those `allowed` may be (digits)."""
    tensors = [_tensor(crop) for crop in crops]
    out: list[tuple[list[Char], list[Char]]] = [([], []) for _ in crops]
    order = sorted((i for i, t in enumerate(tensors) if t is not None), key=lambda i: tensors[i].shape[2])  # type: ignore[union-attr]
    widths = [-(-tensors[i].shape[2] // WIDTH_STEP) * WIDTH_STEP for i in order]  # type: ignore[union-attr]
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and end - start < BATCH and widths[end] == widths[start]:
            end += 1
        batch = np.zeros((end - start, 3, LINE_HEIGHT, widths[start]), np.float32)
        for row, i in enumerate(order[start:end]):
            tensor = tensors[i]
            assert tensor is not None
            batch[row, :, :, : tensor.shape[2]] = tensor
        steps = _run(RECOGNISER, batch)
        for row, i in enumerate(order[start:end]):
            tensor = tensors[i]
            assert tensor is not None
            used = tensor.shape[2] / widths[start]
            out[i] = _decode(steps[row], used, _classes()), _decode_only(allowed, steps[row], used, _classes())
        start = end
    return out


def _tensor(crop: Image) -> np.ndarray | None:
    """A crop as the recogniser's input (3, 48, width); None when it has no extent."""
    height, width = crop.shape[:2]
    if height < 2 or width < 2:
        return None
    width = max(8, min(3200, round(LINE_HEIGHT * width / height)))
    line = cv2.resize(crop, (width, LINE_HEIGHT), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    line = line / 127.5 - 1.0
    return np.repeat(line[None], 3, axis=0)


def _decode(steps: np.ndarray, used: float, classes: Classes) -> list[Char]:
    """Greedy reading of (time, classes) probabilities; `used` is the part of the time axis that is not padding."""
    peaks = _peaks(steps, classes.letters)
    return _placed(_with_per_mille(_with_stops(_with_suppressed(peaks, steps, classes.letters), steps, classes)), len(steps), used)


def _decode_only(allowed: str, steps: np.ndarray, used: float, classes: Classes) -> list[Char]:
    """The same where nothing but some characters may stand."""
    if not allowed:
        return []
    return _placed(_peaks(steps[:, [0, *classes.of_each(allowed)]], ("", *allowed)), len(steps), used)


def _peaks(steps: np.ndarray, letters: Sequence[str]) -> list[Peak]:
    """The likeliest character of each run of steps; the first class is the blank."""
    best = steps.argmax(axis=1)
    chosen = steps[np.arange(len(best)), best]
    peaks: list[Peak] = []
    t = 0
    while t < len(best):
        end = t
        while end + 1 < len(best) and best[end + 1] == best[t]:
            end += 1
        if best[t] != 0:
            top = t + int(chosen[t : end + 1].argmax())
            peaks.append(Peak(letters[best[t]], (t + end) / 2, float(chosen[top]), rivals=_rivals(steps[top], letters)))
        t = end + 1
    return peaks


def _placed(peaks: Sequence[Peak], steps: int, used: float) -> list[Char]:
    span = max(1.0, used * steps)
    return [Char(p.text, min(1.0, (p.time + 0.5) / span), p.confidence, p.raw, p.rivals) for p in peaks]


def _rivals(step: np.ndarray, letters: Sequence[str]) -> tuple[tuple[str, float], ...]:
    """What else may stand at a step: characters of some probability but the likeliest, the likeliest first."""
    order = [int(i) for i in np.flatnonzero(step >= LEAST_RIVAL) if i]
    order.sort(key=lambda i: -step[i])
    return tuple((letters[i], float(step[i])) for i in order[1:])


# ---- small marks -------------------------------------------------------------------------------------------------


class Peak(Struct, frozen=True):
    """A character at a step of the recogniser's time; `raw` where the free reading differs."""

    text: str
    time: float
    confidence: float
    raw: str = ""
    rivals: tuple[tuple[str, float], ...] = ()


STOPS = "，、。；："
"""Marks that stand between Chinese characters. On coarse scans they are two pixels high."""

NARROW = 0.3
"""Least probability that something stands at a step which the free reading leaves blank."""

USUAL = np.array([1.0, 0.5, 0.3, 0.2, 0.1], np.float32)
"""How usual each of them is in official prose, in rough steps: settles marks that are damaged, never clear ones."""

CLEAR = 0.8
"""A mark read with this confidence is not weighed again."""

SPECKS = ".．·•'`‘’,:;-"
"""What such a mark is read as when it is damaged; between Chinese characters none of these can stand."""

UNIT_END = regex.compile(r"[A-Za-z%‰℃°]")
"""What a figure's unit ends with: behind it no full stop of the Latin kind can stand before a Chinese character."""

WIDE = 1.55
"""Two characters further apart than this, in widths of the line's characters, leave room for a mark."""

SEEN = 0.04
"""Least probability of a mark in such a gap: blank paper gives under 0.001."""


def _with_suppressed(peaks: list[Peak], steps: np.ndarray, letters: Sequence[str]) -> list[Peak]:
    """Characters that the blank beat narrowly (a stamp over them, a comma at a line's end), where there is room."""
    pitch = _pitch(peaks)
    if pitch is None:
        return peaks
    ink = 1.0 - steps[:, 0]
    out = list(peaks)
    for t in np.flatnonzero((ink >= NARROW) & (steps.argmax(axis=1) == 0)):
        best = int(steps[t, 1:].argmax()) + 1
        text = letters[best]
        if (is_chinese(text) or text in STOPS) and all(abs(p.time - t) > 0.5 * pitch for p in out):
            out.append(Peak(text, float(t), float(steps[t, best]), rivals=_rivals(steps[t], letters)))
    return sorted(out, key=lambda p: p.time)


def _with_stops(peaks: list[Peak], steps: np.ndarray, classes: Classes) -> list[Peak]:
    """Marks between Chinese characters: a speck becomes the likeliest mark there, a passed-over mark is put back."""
    index, letters = classes.of_each(STOPS), classes.letters
    pitch = _pitch(peaks)
    out: list[Peak] = []
    for i, peak in enumerate(peaks):
        before = peaks[i - 1] if i else None
        after = peaks[i + 1] if i + 1 < len(peaks) else None
        if before and pitch and is_chinese(before.text) and is_chinese(peak.text) and peak.time - before.time > WIDE * pitch:
            mark = _likeliest(steps, int(before.time) + 1, int(peak.time), index, letters)
            if mark.confidence >= SEEN:
                out.append(mark)
        weak = peak.text in SPECKS or (peak.text in STOPS and peak.confidence < CLEAR)
        if weak and before and after and (is_chinese(before.text) or UNIT_END.fullmatch(before.text)) and is_chinese(after.text):
            mark = _likeliest(steps, int(peak.time), int(peak.time + 0.5), index, letters)
            peak = Peak(mark.text, peak.time, min(mark.confidence, peak.confidence), raw=peak.text, rivals=peak.rivals)
        out.append(peak)
    return out


def _with_per_mille(peaks: Sequence[Peak]) -> list[Peak]:
    """A round sign right behind a % that no figure follows is the rest of ‰."""
    out: list[Peak] = []
    for i, peak in enumerate(peaks):
        ends = i + 1 == len(peaks) or not (peaks[i + 1].text.isascii() and peaks[i + 1].text.isalnum())
        if out and out[-1].text == "%" and peak.text in ("0", "o", "O") and ends:
            out[-1] = Peak("‰", out[-1].time, min(out[-1].confidence, peak.confidence), raw="%" + peak.text)
        else:
            out.append(peak)
    return out


def _likeliest(steps: np.ndarray, start: int, end: int, index: Sequence[int], letters: Sequence[str]) -> Peak:
    window = steps[start : end + 1][:, index]
    step, mark = np.unravel_index(int((window * USUAL).argmax()), window.shape)
    return Peak(letters[index[int(mark)]], start + float(step), float(window[step, mark]))


def _pitch(peaks: Sequence[Peak]) -> float | None:
    """Usual distance of neighbouring Chinese characters, in steps."""
    gaps = sorted(b.time - a.time for a, b in pairwise(peaks) if is_chinese(a.text) and is_chinese(b.text))
    return gaps[len(gaps) // 2] if len(gaps) >= 4 else None


def is_chinese(text: str) -> bool:
    """Whether it is a Chinese character, or a bracket or quotation mark as wide as one."""
    return "\u4e00" <= text[:1] <= "\u9fff" or text in "《》（）“”"


def is_han(text: str) -> bool:
    """Whether it is one Chinese character."""
    return len(text) == 1 and "\u4e00" <= text <= "\u9fff"


def usual_pitch(crops: Sequence[Image], lines: Sequence[Sequence[Char]]) -> float | None:
    """The usual distance of neighbouring Chinese characters of a page, in pixels; None where it has but few."""
    steps = [
        (b.centre - a.centre) * crop.shape[1]
        for crop, line in zip(crops, lines, strict=True)
        for a, b in pairwise(line)
        if is_han(a.text) and is_han(b.text)
    ]
    return float(np.median(steps)) if len(steps) > 10 else None
