"""Builds the text: Rust source of the packages pinned by corpus/Cargo.lock, whole families held out.

usage: python corpus.py FOLDER      writes FOLDER/train.bin and FOLDER/held_out.bin; checks them against corpus/digests.json
       python corpus.py FOLDER --accept   writes corpus/digests.json instead

Only lengths, counts and digests are committed, never the text.
"""
import argparse
import hashlib
import json
import re
import subprocess
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

from license_expression import ExpressionError, get_spdx_licensing

HERE = Path(__file__).parent / "corpus"
PERMISSIVE = {"MIT", "MIT-0", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "ISC", "Zlib", "Unlicense", "CC0-1.0", "BSL-1.0"}
EXCEPTIONS = {"LLVM-exception"}
HELD_OUT_SALT, HELD_OUT_SHARE = "scalewise ladder 1:", 0.12
# No family weighs more than this, in bytes.
FAMILY_CAP = {"train": 4_000_000, "held_out": 250_000}
GENERATED = re.compile(rb"@generated|automatically generated|do not edit|auto-?generated|bindgen|code generated", re.I)
SPDX = get_spdx_licensing()


def permissive(expression):
    """Is there a way to satisfy the licence with permissive licences only? The old slash means OR."""
    try:
        tree = SPDX.parse((expression or "").replace("/", " OR "), validate=True)
    except ExpressionError:
        return False

    def satisfied(node):
        if isinstance(node, SPDX.OR):
            return any(map(satisfied, node.args))
        if isinstance(node, SPDX.AND):
            return all(map(satisfied, node.args))
        if hasattr(node, "license_symbol"):  # licence WITH exception
            return node.license_symbol.key in PERMISSIVE and node.exception_symbol.key in EXCEPTIONS
        return node.key in PERMISSIVE

    return tree is not None and satisfied(tree)


def packages():
    """What cargo says of the pinned packages, the newest version of each name, sorted by name."""
    run = subprocess.run(
        ["cargo", "metadata", "--locked", "--format-version", "1", "--manifest-path", HERE / "Cargo.toml"], check=True, capture_output=True
    )
    newest = {}
    for p in json.loads(run.stdout)["packages"]:
        if p["source"] is None:
            continue  # the list itself
        order = [int(x) if x.isdigit() else -1 for x in re.split(r"[.+-]", p["version"])]
        if p["name"] not in newest or newest[p["name"]][0] < order:
            newest[p["name"]] = (order, p)
    return [newest[name][1] for name in sorted(newest)]


def families(found):
    """name -> family: packages that share the first word of the name or the repository, directly or through others."""
    parent = {}

    def root(x):
        parent.setdefault(x, x)
        while parent[x] != x:
            x = parent[x]
        return x

    for p in found:
        words = ["word " + re.split(r"[-_]", p["name"])[0]]
        if p["repository"]:
            words.append("repository " + re.sub(r"(\.git)?/*$", "", "/".join(p["repository"].lower().split("/")[:5])))
        for w in words:
            a, b = root(p["name"]), root(w)
            parent[max(a, b)] = min(a, b)
    members = defaultdict(list)
    for p in found:
        members[root(p["name"])].append(p["name"])
    return {name: min(group) for group in members.values() for name in group}


def is_held_out(family):
    return int(hashlib.sha256((HELD_OUT_SALT + family).encode()).hexdigest()[:8], 16) / 2**32 < HELD_OUT_SHARE


def unfit(text):
    """Why a file is left out, or None."""
    lines = text.split(b"\n")
    if not 200 <= len(text) <= 300_000:
        return "shorter than 200 or longer than 300,000 bytes"
    if GENERATED.search(text[:2000]):
        return "generated"
    if not text.isascii():
        return "not ASCII"
    if len(text) > 70 * len(lines) or max(map(len, lines)) > 400:
        return "long lines"
    if sum(map(text.count, b"0123456789")) > 0.12 * len(text):
        return "mostly digits"
    return None


def repeats(text, seen):
    """Is half of the file's longer lines known from other files, or the same line again and again?"""
    lines = [hashlib.blake2b(s, digest_size=8).digest() for s in map(bytes.strip, text.split(b"\n")) if len(s) > 20]
    if lines and (sum(x in seen for x in lines) > 0.5 * len(lines) or len(set(lines)) < 0.5 * len(lines)):
        return True
    seen.update(lines)
    return False


def build():
    found = packages()
    family = families(found)
    # Held-out families come first, so that a copy of theirs is what is left out of the training text.
    order = sorted(found, key=lambda p: (not is_held_out(family[p["name"]]), p["name"]))
    parts, sizes, seen, dropped = defaultdict(list), Counter(), set(), Counter()
    used, licences = {"train": {}, "held_out": {}}, Counter()
    for p in order:
        split = "held_out" if is_held_out(family[p["name"]]) else "train"
        if not permissive(p["license"]):
            dropped["packages: licence not permissive"] += 1
            continue
        size = 0
        for path in sorted(Path(p["manifest_path"]).parent.rglob("*.rs")):
            text = path.read_bytes().replace(b"\r\n", b"\n")
            why = unfit(text) or ("repeats" if repeats(text, seen) else None)
            room = FAMILY_CAP[split] - sizes[split, family[p["name"]]]
            if not why and len(text) > room:
                why = "family cap"
            if why:
                dropped[f"{split} bytes: {why}"] += len(text)
                continue
            parts[split].append(text)
            size += len(text)
            sizes[split, family[p["name"]]] += len(text)
        if size:
            used[split][f"{p['name']} {p['version']}"] = size
            licences[p["license"]] += size
    texts = {split: b"".join(parts[split]) for split in ("train", "held_out")}
    locked = tomllib.loads((HERE / "Cargo.lock").read_text())["package"]
    sums = {f"{x['name']} {x['version']}": x.get("checksum") for x in locked}
    lock_digest = hashlib.sha256("\n".join(f"{k} {sums[k]}" for s in used.values() for k in sorted(s)).encode()).hexdigest()
    digests = {
        split: {
            "sha256": hashlib.sha256(t).hexdigest(),
            "bytes": len(t),
            "packages": len(used[split]),
            "families": len({family[k.split()[0]] for k in used[split]}),
        }
        for split, t in texts.items()
    }
    digests["checksums_of_packages_used"] = lock_digest
    digests["left_out"] = dict(sorted(dropped.items()))
    digests["licences_bytes"] = dict(licences.most_common())
    digests["held_out_packages_bytes"] = used["held_out"]
    return texts, digests


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--accept", action="store_true")
    a = arguments.parse_args()
    texts, digests = build()
    kept = HERE / "digests.json"
    if a.accept:
        kept.write_text(json.dumps(digests, indent=1) + "\n")
    elif json.loads(kept.read_text()) != digests:
        raise SystemExit(f"the built text differs from {kept}: other packages, filters or parser?\n{json.dumps(digests, indent=1)}")
    a.folder.mkdir(parents=True, exist_ok=True)
    for split, text in texts.items():
        (a.folder / f"{split}.bin").write_bytes(text)
    print({k: (digests[k]["bytes"], digests[k]["packages"], digests[k]["families"]) for k in texts}, digests["left_out"])


if __name__ == "__main__":
    main()
