"""Holds Parquet files that portalbench wrote against the CSV files with the same rows, cell by cell, with a reader that is
not portalbench's: Apache Arrow's.

usage: cells.py FILE.csv FILE.parquet [FILE.csv FILE.parquet ...]

Exit codes: 0 all cells are equal, 1 one is not, or there is no row to compare.
"""

import csv
import math
import sys

import pyarrow.parquet


def same(text, value):
    """Says whether a cell of Parquet is what the CSV says. CSV has ten digits of a number, and nothing for null."""
    if value is None or text == "":
        return value is None and text == "" or value == ""
    if isinstance(value, bool):
        return text == ("true" if value else "false")
    if isinstance(value, int):
        return text == str(value)
    if isinstance(value, float):
        return text == "inf" if math.isinf(value) else float(text) == float("%.10g" % value)
    return text == value


def compare(csv_path, parquet_path):
    """Compares two files, and returns what is wrong."""
    with open(csv_path, newline="", encoding="utf-8") as f:
        header, *rows = csv.reader(f)
    table = pyarrow.parquet.read_table(parquet_path)
    if table.column_names != header:
        return f"columns {table.column_names}, and in the CSV {header}"
    if table.num_rows != len(rows) or not rows:
        return f"{table.num_rows} rows, and in the CSV {len(rows)}"
    columns = [table.column(name).to_pylist() for name in header]
    nulls = 0
    for i, row in enumerate(rows):
        for name, text, values in zip(header, row, columns):
            nulls += values[i] is None
            if not same(text, values[i]):
                return f"row {i + 1}, {name}: {values[i]!r}, and in the CSV {text!r}"
    print(f"{parquet_path}: {len(rows)} rows, {len(rows) * len(header)} cells as in the CSV, {nulls} of them null")
    return None


def main():
    paths = sys.argv[1:]
    if not paths or len(paths) % 2:
        sys.exit(__doc__)
    print("pyarrow", pyarrow.__version__)
    failed = False
    for csv_path, parquet_path in zip(paths[::2], paths[1::2]):
        wrong = compare(csv_path, parquet_path)
        if wrong:
            print(f"FAIL: {parquet_path}: {wrong}")
            failed = True
    sys.exit(failed)


if __name__ == "__main__":
    main()
