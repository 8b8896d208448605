"""The press as a process: a line of JSON in, a line of JSON out, until the input ends. See `child`."""

from __future__ import annotations

import contextlib
import logging
import os
import resource
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from dot_copilot.features.packets.press.problem import NotPrintable

MOST_MEMORY = 2 << 30
"""Of address space; what runs into it fails as a damaged document does."""


def convert(source: str, media_type: str, target: str) -> dict[str, Any]:
    """A document as pages of ours."""
    import pikepdf

    from dot_copilot.features.packets.press.foreign import print_foreign
    from dot_copilot.features.packets.press.pictures import print_picture

    if media_type != "application/pdf" and not media_type.startswith("image/"):
        raise NotPrintable("This kind of file can't be printed.")
    with pikepdf.new() as pdf:
        sizes = (print_foreign if media_type == "application/pdf" else print_picture)(Path(source), pdf)
        pdf.save(target, static_id=True)
    return {"sizes": sizes}


def assemble(sheet: str, target: str) -> dict[str, Any]:
    """The packet of one driver; `sheet` is a file."""
    from dot_copilot.features.packets.press import assemble as assembling
    from dot_copilot.features.packets.press.model import Sheet

    return {"pages": assembling.assemble(msgspec.json.decode(Path(sheet).read_bytes(), type=Sheet), Path(target))}


def stamp(source: str, media_type: str, target: str, words: str) -> dict[str, Any]:
    """A watermark over a PDF or a picture."""
    from dot_copilot.features.packets.press.stamp import stamp_pdf, stamp_picture

    if media_type == "application/pdf":
        stamp_pdf(Path(source), Path(target), words)
        return {"media_type": media_type}
    stamp_picture(Path(source), Path(target), words)
    return {"media_type": "image/jpeg"}


_WORK: dict[str, Callable[..., dict[str, Any]]] = {"convert": convert, "assemble": assemble, "stamp": stamp}


def main() -> None:
    """Works off requests until the parent closes the pipe or is gone."""
    logging.disable()
    with contextlib.suppress(OSError):
        os.nice(5)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not spoil the answers
    for line in sys.stdin.buffer:
        request = msgspec.json.decode(line)
        try:
            answer = _WORK[request.pop("work")](**request)
        except NotPrintable as problem:
            answer = {"problem": problem.why}
        except MemoryError:
            answer = {"problem": "The file needs more memory than a document may take."}
        except Exception as error:  # noqa: BLE001 - the process goes on; who asked decides what it means
            answer = {"failed": "".join(traceback.format_exception(error))[-2000:]}
        answers.write(msgspec.json.encode(answer) + b"\n")
        answers.flush()


if __name__ == "__main__":
    main()
