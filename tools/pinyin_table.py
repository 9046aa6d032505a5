"""Write site_builder/search/pinyin_table.py from pypinyin's dictionaries (MIT; data of the project
pinyin-data).

    python tools/pinyin_table.py

For each character of GB 2312 its usual reading, and each pair of such characters in which one of them is
read otherwise (重庆 chong qing). Tones are left out and ü is written v, as people type.
"""

import re
from collections import defaultdict
from importlib.metadata import version
from pathlib import Path

from pypinyin import lazy_pinyin
from pypinyin.phrases_dict import phrases_dict

TARGET = Path(__file__).parent.parent / "site_builder" / "search" / "pinyin_table.py"
HEAD = '''"""How characters are read, without tones: made by tools/pinyin_table.py from pypinyin {version}
(MIT).

`READINGS`: a syllable and the characters usually read so. `PAIRS`: pairs in which one is read otherwise.
"""

'''


def gb2312() -> list[str]:
    return [
        bytes((high, low)).decode("gb2312")
        for high in range(0xB0, 0xF8)
        for low in range(0xA1, 0xFF)
        if not (high == 0xD7 and low > 0xF9)
    ]


def main() -> None:
    characters = gb2312()
    readings: dict[str, list[str]] = defaultdict(list)
    usual = {}
    for character in characters:
        syllable = lazy_pinyin(character)[0]
        if re.fullmatch("[a-z]+", syllable):
            readings[syllable].append(character)
            usual[character] = syllable
    pairs: dict[str, list[str]] = defaultdict(list)
    for phrase in sorted(phrases_dict):
        if len(phrase) == 2 and phrase[0] in usual and phrase[1] in usual:
            read = lazy_pinyin(phrase)
            if read != [usual[phrase[0]], usual[phrase[1]]] and all(
                re.fullmatch("[a-z]+", part) for part in read
            ):
                pairs[" ".join(read)].append(phrase)
    for name, table in (("READINGS", readings), ("PAIRS", pairs)):
        print(name, len(table), sum(map(len, table.values())))

    def literal(name: str, table: dict[str, list[str]]) -> str:
        text = ",".join(f"{key}:{''.join(table[key])}" for key in sorted(table))
        rows = "\n".join(f'    "{text[start : start + 80]}"' for start in range(0, len(text), 80))
        return f"{name} = (\n{rows}\n)\n"

    text = HEAD.format(version=version("pypinyin")) + literal("READINGS", readings) + literal("PAIRS", pairs)
    TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
