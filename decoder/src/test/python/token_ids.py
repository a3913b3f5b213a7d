"""Token ids of 200 nasty strings by each kind of vocabulary, as the Python package tokenizers gives
them: token_ids.json.

    pip install tokenizers==0.23.3
    python token_ids.py > ../resources/org/sparkadept/decoder/tokenizer/token_ids.json

The vocabularies are small ones, learned here. Of the ids of a string their number and the CRC-32
of them as little-endian 32-bit integers are kept.
"""

import json
import random
import struct
import zlib

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

CORPUS = [
    "The quick brown fox jumps over the lazy dog, and the dog doesn't mind: it's used to it.",
    "In 2024 we've counted 1234567 words; they're all in files/with/paths and e-mails@example.org.",
    "Die Straße führt über die Brücke; größer wär's schöner. Où est l'été, garçon ? Ñandú, façade.",
    "def main(args):\n    if not args:\n        return {'a': [1, 2, 3], \"b\": None}\n\treturn x != y",
    "Быстрая коричневая лиса. Η γρήγορη αλεπού. 速い茶色の狐が犬を飛び越える。 빠른 갈색 여우",
    "  leading and trailing spaces  \n\n\nand   runs\t\tof\r\nwhite space   ",
] * 4

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)

FIXED = [
    " ", "  ", "\n", "\t", "\r\n", "\n\n\n", " \n ", "a", " a", "a ", "  a  b  ", "'", "''", "'s", "'S", "it's",
    "IT'S", "don't", "we'll've", "I'm'd", "’s", "1", "12", "123", "1234", "12345678901234567890", " 1 2 3", "1,234.56",
    "3.14e-10", "0x1F", "½⅓", "²³", "①②", "٣٤٥", "१२३", "a1b2c3", "...", "?!?!", "----", "=====>", "// comment",
    "http://example.org/a?b=c&d=%20#e", "a_b-c.d", "C:\\dir\\file", "\\n", "\\u0041", "<s>", "</s>", "<unk>", "<0x41>",
    "<|endoftext|>", "[CLS]", "▁", "▁a", "a▁b", " ▁ ", "Ġ", "Ċ", "é", "e\u0301", "Å", "A\u030a", "ﬁ", "ﷺ", "İ", "ß",
    "ẞ", "ŉ", "ǅ", "ö̲", "\u1100\u1161\u11a8", "각", "カ\u3099", "ｶﾞ", "Ⅷ", "℡", "👍", "👍🏽", "👨‍👩‍👧‍👦", "🇩🇪🇫🇷",
    "🇩", "1️⃣", "❤️", "\u200b", "a\u200bb", "\u200d", "\u2028", "a\u2028b", "\u2029", "\u00a0", "a\u00a0b", "\u3000",
    "a\u3000\u3000b", "\u1680", "\u180e", "\ufeff", "\ufeffa", "a\ufeff", "\u00ad", "co\u00adop", "\u202eabc", "\u0000",
    "a\u0000b", "\u0001\u0002", "\u001b[0m", "\u007f", "\u0080", "\u0085", "a\u0085b", "\u000b\u000c", "\ufffd", "\uffff",
    "\U0001f468\u200d", "\U0010ffff", "\U000e0001", "𝔘𝔫𝔦", "𐍈", "𠜎𠜱", "漢字", "日本語のテキスト", "中文，测试。", "한국어 문장", "ไทยไม่มีช่องว่าง",
    "العربية", "עברית", "हिन्दी", "தமிழ்", "ʼn", "ΑΣ ας", "Ελληνικά", "Привет, мир!", "ёЁ", "Ǆ", "œuvre", "naïve café",
    "Zürich–Genève", "“quoted”", "‘single’", "«guillemets»", "a–b—c", "…", "a…b", "€5", "$5.00", "5 %", "§ 3", "№ 7", "™",
    "x²+y²", "∑∫√", "→⇒", "≠≤", "α→β", "\u0301", "a" + "\u0301" * 5, "Z" + "\u0327\u0300" * 3, "aaaaaaaaaaaaaaaaaaaaaaaa",
    "ababababababab", "abcabcabcabc", "    def f():\n\t\treturn 1\n", "\t \t \t", "a\n b\n  c", "\n a", "word\n", " \r\n \r\n",
    "A" * 40, "the the the", "The The", "tHe", "THE", "theTHE", "camelCaseWord", "snake_case_word", "don''t", "'re're",
    "'ſ", "K'K", "ſ's", "İ's", "a'll b'LL", "(paren)", "[brackets]", "{braces}", "a/b/c", "50/50", "a.b.c", "a..b", "hello",
]


def nasty():
    strings = list(dict.fromkeys(FIXED))
    rng = random.Random(7)
    pool = [s for s in strings if s]
    while len(strings) < 200:
        mixed = "".join(rng.choice(pool)[: rng.randint(1, 6)] for _ in range(rng.randint(3, 8)))
        if mixed not in strings:
            strings.append(mixed)
    return strings[:200]


def byte_level(pre, normalizer=None, ignore_merges=False):
    tokenizer = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    tokenizer.pre_tokenizer = pre
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=340, special_tokens=["<|endoftext|>"], initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    return tokenizer


def split(regex):
    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(regex), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )


def sentence_piece(normalizer, pre=None):
    """BPE over characters, with tokens for the bytes of what it does not know."""
    learned = Tokenizer(models.BPE(unk_token="<unk>"))
    learned.normalizer = normalizer
    learned.pre_tokenizer = pre or pre_tokenizers.Split("▁", "merged_with_next")
    learned.train_from_iterator(
        CORPUS, trainers.BpeTrainer(vocab_size=190, limit_alphabet=80, special_tokens=["<unk>"], show_progress=False)
    )
    model = json.loads(learned.to_str())["model"]
    tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    tokens += [token for token in sorted(model["vocab"], key=model["vocab"].get) if token != "<unk>"]
    tokenizer = Tokenizer(
        models.BPE(
            vocab={token: number for number, token in enumerate(tokens)},
            merges=[tuple(merge) for merge in model["merges"]],
            unk_token="<unk>",
            fuse_unk=True,
            byte_fallback=True,
        )
    )
    tokenizer.normalizer = normalizer
    if pre:
        tokenizer.pre_tokenizer = pre
    tokenizer.add_special_tokens(["<unk>", "<s>", "</s>"])
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return tokenizer


def unigram():
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=220, special_tokens=["<s>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", tokenizer.token_to_id("</s>"))]
    )
    return tokenizer


def kinds():
    space = normalizers.Replace(" ", "▁")
    return {
        "GPT-2": byte_level(pre_tokenizers.ByteLevel(add_prefix_space=False)),
        "SmolLM2, Granite": byte_level(
            pre_tokenizers.Sequence(
                [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
            )
        ),
        "Llama 3, SmolLM3": byte_level(split(LLAMA3), ignore_merges=True),
        "Phi-4, OLMo 2": byte_level(split(LLAMA3)),
        "Qwen": byte_level(split(LLAMA3.replace("{1,3}", "")), normalizers.NFC()),
        "ModernBERT": byte_level(pre_tokenizers.ByteLevel(add_prefix_space=False), normalizers.NFC()),
        "Llama 2, Phi-3": sentence_piece(normalizers.Sequence([normalizers.Prepend("▁"), space])),
        "Gemma": sentence_piece(space, pre_tokenizers.Split(" ", "merged_with_previous")),
        "Unigram": unigram(),
    }


def fingerprint(ids):
    return f"{len(ids)}:{zlib.crc32(struct.pack(f'<{len(ids)}i', *ids)):08x}"


def main():
    strings = nasty()
    made = {}
    for name, tokenizer in kinds().items():
        made[name] = {
            "ids": " ".join(fingerprint(tokenizer.encode(string).ids) for string in strings),
            "tokenizer": json.loads(tokenizer.to_str()),
        }
    lines = [f"    {json.dumps(name)}: {json.dumps(value, ensure_ascii=True, separators=(',', ':'))}" for name, value in made.items()]
    print('{\n  "strings": ' + json.dumps(strings) + ',\n  "kinds": {\n' + ",\n".join(lines) + "\n  }\n}")


if __name__ == "__main__":
    main()
