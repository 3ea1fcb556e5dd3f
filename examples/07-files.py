import asyncio
import os
import tempfile
from collections import Counter
from pathlib import Path

LEVELS = ["info", "warning", "error"]


def log(first, lines):
    def line(n):
        return f"{LEVELS[2 if n % 7 == 0 else 1 if n % 3 == 0 else 0]}: event {n}\n"

    return "".join(line(first + n) for n in range(lines))


async def count(path):
    text = await asyncio.to_thread(path.read_text)
    return Counter(line.split(":")[0] for line in text.splitlines())


def copy_errors(source, target):
    copied = 0
    with open(source) as input, open(target, "w") as output:
        for line in input:
            if not line.startswith("error"):
                continue
            output.write(line)
            copied += 1
    return copied


async def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = [folder / f"{n:02}.log" for n in range(100)]
        await asyncio.gather(
            *(asyncio.to_thread(path.write_text, log(10 * n, 10)) for n, path in enumerate(paths))
        )
        print(f"{len(await asyncio.to_thread(os.listdir, folder))} files are written")

        counts = await asyncio.gather(*map(count, paths))
        for level in LEVELS:
            print(f"{level}: {sum(of[level] for of in counts)}")

        await asyncio.to_thread((folder / "long.log").write_text, log(0, 1000))
        copied = await asyncio.to_thread(copy_errors, folder / "long.log", folder / "errors.log")
        print(f"{copied} errors are copied")
        print(f"they are {(await asyncio.to_thread(os.stat, folder / 'errors.log')).st_size} bytes")

        try:
            await asyncio.to_thread((folder / "missing.log").read_bytes)
        except FileNotFoundError as error:
            print(f"{type(error).__name__}: {str(error.filename)[len(name):]}")


asyncio.run(main())
