"""The command line: arguments, exit codes, printing. No logic; each verb loads its module when it is called.

Exit status: 0 clean, 1 findings at or above --fail-on, 2 unusable input or misuse (one line on standard error).
"""

from __future__ import annotations

import argparse
import locale
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from pipeline.errors import InputError, PipelineError, UsageError, one_line

SEVERITIES = ("error", "warning", "note", "never")
EXTRACTED = Path("extracted")
REPORTS = {"html": "zh", "docx": "zh", "tracked": "zh"}
"""Formats that are reports, with their language unless --lang says another; lines and data follow the locale."""


def main(argv: list[str] | None = None) -> int:
    """Run one verb; returns the exit status."""
    if argv is None:  # a command of its own, and not a call from another program
        signal.signal(signal.SIGTERM, _end)
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # not so in the background of a shell
            signal.signal(signal.SIGINT, _end)
    parser = _parser()
    args = parser.parse_args(argv)
    try:
        return int(args.run(args) or 0)
    except PipelineError as error:
        return _told([error], language_of(args))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt as end:
        _tell("interrupted; run the same command again to go on")
        return 143 if isinstance(end, _Ended) else 130
    except Exception as error:
        _tell(_unforeseen(error, args.verb))
        return 2


class _Ended(KeyboardInterrupt):
    """SIGTERM: what is begun is put away as after Ctrl-C, the office suite and half-written files above all."""


def _end(number: int, frame: FrameType | None) -> None:
    """SIGINT or SIGTERM. One that falls into an import comes again a little later: compiled modules that are broken off while
    they set themselves up end the process at once, and nothing would be put away."""
    while frame is not None and not frame.f_code.co_filename.startswith("<frozen importlib"):
        frame = frame.f_back
    if frame is not None:
        later = threading.Timer(0.05, signal.raise_signal, (number,))
        later.daemon = True
        later.start()
        return
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise _Ended


def _tell(line: str) -> None:
    """One line on standard error."""
    print(f"notice: {one_line(line)}", file=sys.stderr)


def _unforeseen(error: Exception, verb: str) -> str:
    """What no module foresaw, on one line: the disk, the memory, or a fault of ours with its place."""
    if isinstance(error, MemoryError):
        return f"{verb}: needs more memory than there is; give a smaller file, or fewer at once"
    if isinstance(error, OSError):
        return f"{error.filename or verb}: cannot be used ({error.strerror or error}); check the path, its permissions and the room on the disk"
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(place.filename).name}:{place.lineno}"
    return f"{verb}: a fault of this program ({type(error).__name__} in {where}); please report it with the file"


class _Parser(argparse.ArgumentParser):
    """argparse with misuse told on one line, exit 2."""

    def error(self, message: str) -> None:  # type: ignore[override]
        _tell(f"{self.prog}: {message}; see `{self.prog} --help`")
        raise SystemExit(2)


Verb = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]
"""Adds a verb: its name, what carries it out, a summary; gives the parser to add its arguments to."""


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="notice", description="Read official notices with scoring rubrics; prove, audit, render, score.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB", parser_class=_Parser)
    language = _Parser(add_help=False)
    language.add_argument("--lang", choices=("zh", "en"), default=None, help="language of messages (default: locale)")

    def verb(name: str, run: Callable[[argparse.Namespace], int], summary: str) -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, help=summary, description=summary, parents=[language])
        sub.set_defaults(run=run)
        return sub

    for add in (_main_job, _one_notice, _decisions, _revisions, _forms_out, _forms_in, _many_files, _review):
        add(verb)
    return parser


def _main_job(verb: Verb) -> None:
    run = verb("run", _run, "every notice under sources/ -> extracted/ -> reports/; only what changed is redone")
    ingest = verb("ingest", _ingest, "take a file into sources/: a new notice, a new revision, or another file of one; then run")
    ingest.add_argument("file", type=Path)
    ingest.add_argument("--supersedes", metavar="SLUG", help="the revision before this one")
    ingest.add_argument("--slug", help="folder under sources/ (default: from the document number)")
    ingest.add_argument("--revision", metavar="REV", help="name of the revision (default: the year)")
    ingest.add_argument("--primary", action="store_true", help="read this file from now on, not the one read so far")
    for one in (run, ingest):
        one.add_argument("--sources", type=Path, default=Path("sources"))
        one.add_argument("--extracted", type=Path, default=EXTRACTED)
        one.add_argument("--reports", type=Path, default=Path("reports"))


def _one_notice(verb: Verb) -> None:
    extract = verb("extract", _extract, "any supported file -> notice JSON")
    extract.add_argument("file", type=Path)
    extract.add_argument("-o", "--output", type=Path)
    extract.add_argument("--fail-on", choices=SEVERITIES, default="never")

    audit = verb("audit", _audit, "findings of a file or notice JSON")
    audit.add_argument("file", type=Path)
    audit.add_argument("--format", choices=("text", "json", "sarif", "github", "html"), default="text")
    audit.add_argument("-o", "--output", type=Path)
    audit.add_argument("--fail-on", choices=SEVERITIES, default="error")

    explain = verb("explain", _explain, "a rule's page; without argument the catalogue")
    explain.add_argument("rule", nargs="?")

    schema = verb("schema", _schema, "the JSON Schema of an output")
    schema.add_argument("name", nargs="?", default="notice", choices=("notice", "assessment", "scorecard", "findings"))


def _decisions(verb: Verb) -> None:
    decide = verb("decide", _decide, "a person's decisions on suggestions and findings")
    decide.add_argument("extracted", type=Path)
    decide.add_argument("action", nargs="?", default="list", choices=("list", "accept", "reject", "set", "waive"))
    decide.add_argument("target", nargs="?")
    decide.add_argument("value", nargs="?")
    decide.add_argument("--by")
    decide.add_argument("--reason")
    decide.add_argument("--date", help="YYYY-MM-DD; default: today")


def _revisions(verb: Verb) -> None:
    diff = verb("diff", _diff, "two revisions (files or notice JSON): typed changes, 对照表")
    diff.add_argument("old", type=Path)
    diff.add_argument("new", type=Path)
    diff.add_argument("--assessments", type=Path, nargs="+", default=[], metavar="JSON", help="of OLD: show them re-mapped to NEW")
    diff.add_argument("--format", choices=("text", "json", "patch", "html", "docx", "tracked"), default="text")
    diff.add_argument("--all", action="store_true", help="list unchanged rows too (html, docx)")
    diff.add_argument("-o", "--output", type=Path)
    diff.add_argument("--fail-on", choices=SEVERITIES, default="never")


def _forms_out(verb: Verb) -> None:
    forms = verb("forms", _forms, "fillable forms, blank or prefilled")
    forms.add_argument("notice", type=Path)
    forms.add_argument("--annex", type=int, action="append")
    forms.add_argument("--format", default="pdf,docx,xlsx,html,xlsform")
    forms.add_argument("--edition", choices=("printed", "draft", "final"), default="draft")
    forms.add_argument("--assessees", type=Path)
    forms.add_argument("--policy", type=Path)
    forms.add_argument("-o", "--output", type=Path, required=True)


def _forms_in(verb: Verb) -> None:
    collect = verb("collect", _collect, "filled forms -> assessment JSON")
    collect.add_argument("files", type=Path, nargs="+")
    collect.add_argument("--notice", type=Path)

    score = verb("score", _score, "assessments -> scorecards and scored reports")
    score.add_argument("assessments", type=Path, nargs="+")
    score.add_argument("--notice", type=Path)
    score.add_argument("--policy", type=Path)
    for one in (collect, score):
        one.add_argument("-o", "--output", type=Path, required=True)
        one.add_argument("--fail-on", choices=SEVERITIES, default="never")


def _many_files(verb: Verb) -> None:
    batch = verb("batch", _batch, "many files -> notice JSON, resumable")
    batch.add_argument("paths", type=Path, nargs="+")
    batch.add_argument("-o", "--output", type=Path, required=True)
    batch.add_argument("--engine", choices=("serial", "local", "dask", "ray"), default="local")
    batch.add_argument("--workers", type=int, default=2)


def _review(verb: Verb) -> None:
    serve = verb("serve", _serve, "the review page: notices, audit pages, decisions, in a browser on this machine")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--extracted", type=Path, default=EXTRACTED)


def language_of(args: argparse.Namespace, default: str | None = None) -> str:
    """zh or en: the argument, else `default`, else the locale."""
    if args.lang:
        return str(args.lang)
    if default:
        return default
    name = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if (name or locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"


def _put(text: str | bytes, output: Path | None) -> None:
    """Write whole to a file, or to standard output."""
    if output is None:
        if sys.stdout is None:
            raise UsageError("standard output", "is closed", "name a file with -o")
        sys.stdout.buffer.write(text.encode("utf-8") if isinstance(text, str) else text)
        sys.stdout.buffer.flush()
        return
    from pipeline.serialize import write_whole

    if output.is_dir():
        raise UsageError(str(output), "is a folder", "name a file")
    try:
        write_whole(output, text)
    except OSError as error:
        raise InputError(str(output), f"cannot be written ({error.strerror})", "choose another place") from None


def _run(args: argparse.Namespace) -> int:
    from pipeline import stages

    failed: list[PipelineError] = []
    for line in stages.run(args.sources, args.extracted, args.reports, language_of(args, "zh"), failed):
        print(line, flush=True)
    return _told(failed, language_of(args))


def _ingest(args: argparse.Namespace) -> int:
    from pipeline import stages
    from pipeline.revisions.intake import Said

    said = Said(args.slug, args.revision, args.supersedes, args.primary)
    failed: list[PipelineError] = []
    for line in stages.ingest(args.file, args.sources, args.extracted, args.reports, language_of(args, "zh"), said, failed):
        print(line, flush=True)
    return _told(failed, language_of(args))


def _told(failed: list[PipelineError], lang: str) -> int:
    """A line for each notice that could not be used; the exit status."""
    from pipeline import refusals

    for error in failed:
        _tell(refusals.said(error, lang))
    return 2 if failed else 0


def _extract(args: argparse.Namespace) -> int:
    from pipeline import serialize, stages

    reading = stages.extract(args.file)
    _put(serialize.dumps(reading.to_json()), args.output)
    return stages.exit_status(reading.findings, args.fail_on)


def _audit(args: argparse.Namespace) -> int:
    from pipeline import stages

    text, findings = stages.audit_report(args.file, args.format, language_of(args, REPORTS.get(args.format)))
    _put(text, args.output)
    return stages.exit_status(findings, args.fail_on)


def _explain(args: argparse.Namespace) -> int:
    from pipeline.auditing import audit

    _put(audit.explain(args.rule, language_of(args)), None)
    return 0


def _decide(args: argparse.Namespace) -> int:
    import datetime

    from pipeline import decisions, stages

    path = args.extracted / "notice.json" if args.extracted.is_dir() else args.extracted
    if args.action == "list":
        _put(decisions.listing(stages.extract(path), language_of(args)), None)
        return 0
    if not args.target:
        raise UsageError(f"decide {args.action}", "needs what to decide on", "list it with `decide EXTRACTED list`")
    when = args.date or datetime.date.today().isoformat()
    stages.decide(path, args.action, args.target, args.value, args.by or "", args.reason or "", when)
    return 0


def _diff(args: argparse.Namespace) -> int:
    from pipeline import stages
    from pipeline.assessment import load_assessment
    from pipeline.revisions import diff_out, followup

    old, new = stages.extract(args.old), stages.extract(args.new)
    found = followup.follow(old, new, [load_assessment(p) for p in args.assessments])
    _put(diff_out.render(found, args.format, language_of(args, REPORTS.get(args.format)), old, new, args.all), args.output)
    return stages.exit_status(new.findings, args.fail_on)


def _forms(args: argparse.Namespace) -> int:
    from pipeline import stages
    from pipeline.formats import write
    from pipeline.scoring import policy

    rules = policy.load(args.policy) if args.policy else None
    formats = [f.strip() for f in args.format.split(",") if f.strip()]
    write.write_forms(stages.extract(args.notice), args.output, args.annex, formats, args.edition, args.assessees, rules)
    return 0


def _collect(args: argparse.Namespace) -> int:
    from pipeline import serialize, stages
    from pipeline.returns import collecting
    from pipeline.scoring.problems import FOREIGN
    from pipeline.staging import write_together

    reading = stages.extract(args.notice) if args.notice else None
    found, refused = collecting.collect(args.files, reading)
    lang = language_of(args)
    write_together(args.output, [(n, serialize.dumps(a.to_json())) for n, a in zip(collecting.file_names(found), found, strict=True)])
    for one in found:
        for f in one.findings:
            print(f"{one.source.file}:{f.where}: {f.code} {f.rule} {f.said(lang)}")
    others = ((a.source.file, f.message_en) for a in found for f in a.findings if f.rule in FOREIGN)
    foreign = [f"{file}: {message}; collect it with the notice it was made from" for file, message in others]
    for line in (*refused, *foreign):
        _tell(line)
    if refused or foreign:
        return 2
    return max((stages.exit_status(a.findings, args.fail_on) for a in found), default=0)


def _score(args: argparse.Namespace) -> int:
    from pipeline import stages
    from pipeline.assessment import load_assessment
    from pipeline.results.scored import write_all
    from pipeline.scoring import policy, score

    given = [load_assessment(p) for p in args.assessments]
    reading = stages.extract(args.notice) if args.notice else stages.notice_of(given, EXTRACTED)
    cards = score.score(given, reading, policy.load(args.policy) if args.policy else None)
    write_all(cards, reading, args.output)
    return max((stages.exit_status(c.findings, args.fail_on) for c in cards), default=0)


def _batch(args: argparse.Namespace) -> int:
    from msgspec.structs import asdict

    from pipeline import batch, ledger, progress, serialize

    receipts = []
    for receipt in batch.run(args.paths, args.output, args.engine, args.workers, ledger.code_version()):
        receipts.append(receipt)
        progress.say("\t".join(one_line(part) for part in (receipt.status, receipt.file, receipt.reason) if part))
    _put(serialize.dumps([asdict(r) for r in receipts]), args.output / "receipts.json")
    unread = [r for r in receipts if r.output is None]
    for r in unread:
        _tell(f"{r.file}: {r.reason}")
    return 2 if unread else 0


def _serve(args: argparse.Namespace) -> int:
    from pipeline import review

    review.serve(args.extracted, args.host, args.port, language_of(args, "zh"), lambda line: print(line, flush=True))
    return 0


def _schema(args: argparse.Namespace) -> int:
    from pipeline import schemas

    _put(schemas.text(args.name), None)
    return 0
