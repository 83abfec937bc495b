#!/usr/bin/env python3
"""Measures the size and the shape of the source at one or more commits.

    python3 studies/measure_code.py [COMMIT ...]        (default: HEAD)

For each commit it prints lines of Rust by folder, with inline tests apart, lines of docs/api.txt, names
that are public but hidden from the documentation, direct dependencies of the library with and without
its default features, imports that run upwards, modules that import each other in a circle, and the source
files that name a built-in law. It reads the files of the commit and builds nothing, so any commit can be
compared with any other.
"""

import collections
import re
import subprocess
import sys
import tomllib

# The layers of ARCHITECTURE.md, the lowest first; every other module is a leaf below them all.
LAYERS = [
    ["numeric", "runs", "interval"],
    ["law"],
    ["fit"],
    ["tables", "data"],
    ["forecast", "simulate"],
    ["allocation", "backtest", "capability"],
    ["ledger"],
    ["ask"],
    ["chart"],
    ["report"],
    ["cli"],
]
# A law without special treatment: adding one means changing the files that name it.
LAW = "Shifted"


def git(*arguments):
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout


def sources(commit):
    """Every Rust file of the two packages by its path, and their text."""
    names = git("ls-tree", "-r", "--name-only", commit, "src", "cli").split()
    names = [name for name in names if name.endswith(".rs") and not name.startswith("cli/tests/")]
    texts = {}
    batch = subprocess.run(
        ["git", "cat-file", "--batch"],
        input="".join(f"{commit}:{name}\n" for name in names).encode(),
        check=True,
        capture_output=True,
    ).stdout
    for name in names:
        head, batch = batch.split(b"\n", 1)
        size = int(head.split()[2])
        texts[name] = batch[:size].decode()
        batch = batch[size + 1 :]
    return texts


def folder(name):
    """The module that a file belongs to."""
    parts = name.split("/")
    if parts[0] == "cli" or parts[:2] == ["src", "cli"]:
        return "cli"
    return parts[1].removesuffix(".rs")


def divided(name, text):
    """The code of a file, and its inline tests."""
    if re.search(r"(^|/)tests(\.rs$|/)", name):
        return "", text
    found = re.search(r"^#\[cfg\(test\)\]\n(?:#.*\n)*mod \w+ \{", text, re.MULTILINE)
    return (text[: found.start()], text[found.start() :]) if found else (text, "")


def plain(text):
    """Code without its comments."""
    return re.sub(r"//.*", "", text)


def imports(texts):
    """The modules that each module imports from."""
    found = collections.defaultdict(set)
    for name, text in texts.items():
        code = plain(divided(name, text)[0])
        here = folder(name)
        called = r"(?:crate|scalewise)" if here == "cli" else "crate"
        for path in re.findall(rf"\b{called}::([a-z_]+)\b", code):
            if path not in (here, "internal"):
                found[here].add(path)
    return found


def layer(module):
    return next((k for k, names in enumerate(LAYERS) if module in names), -1)


def circles(edges):
    """Modules that reach themselves."""

    def reached(start):
        seen, left = set(), [start]
        while left:
            for following in edges.get(left.pop(), ()):
                if following not in seen:
                    seen.add(following)
                    left.append(following)
        return seen

    return sorted(module for module in edges if module in reached(module))


def dependencies(commit, default):
    """Direct dependencies of the library on any platform, with or without its default features."""
    manifest = tomllib.loads(git("show", f"{commit}:Cargo.toml"))
    features = manifest.get("features", {})
    wanted, left = set(), ["default"] if default else []
    while left:
        for item in features.get(left.pop(), []):
            (wanted.add(item[4:]) if item.startswith("dep:") else left.append(item))
    tables = [manifest["dependencies"]]
    tables += [target.get("dependencies", {}) for target in manifest.get("target", {}).values()]
    every = [item for table in tables for item in table.items()]
    optional = lambda about: isinstance(about, dict) and about.get("optional", False)
    return sorted(name for name, about in every if not optional(about) or name in wanted)


def hidden(texts):
    """Names that are public for the command line alone."""
    found = re.search(r"pub mod internal \{(.*?)\n\}", texts.get("src/lib.rs", ""), re.DOTALL)
    used = re.findall(r"pub use [^;]*;", plain(found[1])) if found else []
    words = [re.sub(r".*\{|\}|;", "", line.replace("\n", " ")) for line in used]
    return sum(len([name for name in line.split(",") if name.strip()]) for line in words)


def measure(commit):
    texts = sources(commit)
    sizes = collections.defaultdict(lambda: [0, 0])
    for name, text in texts.items():
        code, tests = divided(name, text)
        sizes[folder(name)][0] += code.count("\n")
        sizes[folder(name)][1] += tests.count("\n")
    print(f"{git('log', '-1', '--format=%h %s', commit).strip()}\n")
    print(f"{'folder':14}{'code':>8}{'tests':>8}")
    leaves = [0, 0]
    for name, (code, tests) in sorted(sizes.items(), key=lambda item: -sum(item[1])):
        if layer(name) < 0:
            leaves = [leaves[0] + code, leaves[1] + tests]
        else:
            print(f"{name:14}{code:8}{tests:8}")
    print(f"{'leaves':14}{leaves[0]:8}{leaves[1]:8}")
    code, tests = (sum(size[k] for size in sizes.values()) for k in (0, 1))
    print(f"{'all':14}{code:8}{tests:8}   together {code + tests}")

    edges = imports(texts)
    upward = sorted(
        f"{low} imports {high}"
        for low, others in edges.items()
        for high in others
        if layer(high) > layer(low) and low not in ("lib", "main")
    )
    whole, bare = dependencies(commit, True), dependencies(commit, False)
    law = sorted(name for name, text in texts.items() if re.search(rf"\b{LAW}\b", plain(divided(name, text)[0])))
    print(f"\nlines of docs/api.txt         {git('show', f'{commit}:docs/api.txt').count(chr(10))}")
    attributes = sum(text.count("#[doc(hidden)]") for text in texts.values())
    print(f"public but hidden             {hidden(texts)} names in one module, {attributes} attributes")
    print(f"direct dependencies           {len(whole)}")
    print(f"  without default features    {len(bare)}: {', '.join(bare)}")
    print(f"imports that run upwards      {len(upward)} {', '.join(upward)}".rstrip())
    print(f"modules in a circle           {len(circles(edges))} {', '.join(circles(edges))}".rstrip())
    print(f"source files of the law {LAW:8}{len(law)}: {', '.join(law)}\n")


for commit in sys.argv[1:] or ["HEAD"]:
    measure(commit)
