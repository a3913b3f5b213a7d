"""Writes GGUF files as llama.cpp makes them, and what is to come of them, for benchmarks/check-gguf.

    python check_gguf.py OUTPUT

OUTPUT/CASE/gguf is a directory with a GGUF file, and beside it are

- ids.json: texts and their token ids as llama.cpp tokenizes them;
- expected, unless it is for its vocabulary alone: a Hugging Face directory of the same weights,
  dequantized by the package gguf. Both have the same random exit head.

The cases are SmolLM2's own file, and that file in other types of llama.cpp; a random model whose
width is a multiple of 256, in the types that need that, and more; and vocabularies of each kind,
trained on the documents of this repository.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import shutil
import sys
import unicodedata
from pathlib import Path
from typing import Any, Callable

import gguf
import llama_cpp
import numpy as np
import sentencepiece
from convert_smollm2 import find_gguf, read_config, read_tokenizer, read_weights, write_json
from gguf import GGUFReader, GGUFWriter
from safetensors.numpy import save_file
from tokenizers import AddedToken, Regex, Tokenizer, models, pre_tokenizers, trainers

LABELS = ["first", "second", "third"]
SEED = 20261130

# Numbers of llama.cpp's LLAMA_FTYPE_*.
SMOLLM2_TYPES = {"F16": 1, "BF16": 32, "Q8_0": 7, "Q4_0": 2}
RANDOM_TYPES = {"Q4_1": 3, "Q5_0": 8, "Q5_1": 9, "Q4_K_M": 15, "Q5_K_M": 17, "Q6_K": 18}

NASTY = [
    "",
    " ",
    "  two  spaces   three",
    "tab\tnewline\nboth\t\n end",
    "\r\n\r\n windows\r\n",
    " leading and trailing ",
    "I'm you're they'll we've he'd IT'S DON'T 'tis ''",
    "1 12 123 1234 12345 1234567890 3.14159 1,000,000 ½ ² ١٢٣ ៣៤ Ⅷ",
    "naïve café Ångström — “quotes” … ellipsis",
    "cafe\u0301 a\u0308o\u0308u\u0308",
    "русский текст ЁЖ",
    "日本語のテキスト、漢字とカナ。",
    "中文字符测试",
    "한국어 문장",
    "עברית ‏עם RTL‎ marks",
    "العربية ١٢٣",
    "हिन्दी पाठ",
    "ไทยไม่มีช่องว่าง",
    "👍🏽 👨‍👩‍👧‍👦 🇩🇪 🙂🙃",
    "\u200b\u200c\u200d\ufeff zero width",
    "\u00a0nbsp\u2003em\u3000ideographic",
    "a\u0000b\u0001c\u007f",
    "x" * 300,
    "ab " * 120,
    "!!!???...;;;:::---===+++***",
    "$100 + <5> = ^7~ | `code` \\path\\to",
    "https://example.com/a?b=c&d=e#f",
    "camelCaseWord snake_case_word SCREAMING_CASE",
    "ﬁ ﬂ ﬃ ligatures ﷺ",
    "\ud7ff\ue000\uffff",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𐍈 𒀀",
    "mixed 日本 русский english 123 한국",
    "def f(x):\n    return x ** 2\n",
    "{\"key\": [1, 2, 3], \"other\": null}",
    "\n\n\n",
    "   \n   \n",
    "trailing newline\n",
    "▁ the mark of SentencePiece ▁▁",
    "Ġ and Ċ of byte-level BPE",
]


def documents() -> list[str]:
    """Text to train vocabularies on: this repository's."""
    root = Path(__file__).resolve().parents[4]
    files = sorted([root / "README.md", *(root / "docs").glob("*.md")])
    return [file.read_text(encoding="utf-8") for file in files] + NASTY * 5


def texts() -> list[str]:
    """Nasty texts, and random ones that mix their characters."""
    random = np.random.default_rng(SEED)
    alphabet = sorted(set("".join(NASTY)) - {"\u0000"})
    mixed = [
        "".join(random.choice(alphabet, random.integers(1, 40))) for _ in range(200 - len(NASTY))
    ]
    return NASTY + mixed


def write_ids(case: Path, special: list[str], form: str | None = None) -> None:
    """Token ids as llama.cpp has them; a text with a NUL ends there for it, and is left out.

    Where the tokenizer that a kind is named after brings texts into a form of Unicode, which
    llama.cpp does not, it gets them in that form.
    """
    model = llama_cpp.Llama(str(case / "gguf" / "model.gguf"), vocab_only=True, verbose=False)
    all_texts = [text for text in texts() if "\u0000" not in text and text]
    all_texts += [f"one{token}two {token} three" for token in special]
    ids = [
        model.tokenize(
            (unicodedata.normalize(form, text) if form else text).encode(),
            add_bos=True,
            special=True,
        )
        for text in all_texts
    ]
    write_json(case / "ids.json", {"texts": all_texts, "ids": ids})


def add_head(directory: Path, width: int, layers: int) -> None:
    """The same random head in every directory, at full depth."""
    random = np.random.default_rng(SEED)
    head = {
        f"exit.{layers}.weight": random.normal(size=(len(LABELS), width)).astype(np.float32),
        f"exit.{layers}.bias": np.zeros(len(LABELS), np.float32),
    }
    hashes = {
        file.name: "sha256:" + hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(directory.iterdir())
    }
    save_file(head, directory / "adept.safetensors")
    write_json(
        directory / "adept.json",
        {
            "format_version": 2,
            "labels": LABELS,
            "exit_layers": [layers],
            "policy": {"kind": "none"},
            "fitted_on": hashes,
        },
    )


def quantize(source: Path, target: Path, kind: int) -> None:
    """llama.cpp's own quantization; from a file of another type, too."""
    params = llama_cpp.llama_model_quantize_default_params()
    params.ftype = kind
    params.allow_requantize = True
    params.nthread = 2
    failed = llama_cpp.llama_model_quantize(
        str(source).encode(), str(target).encode(), ctypes.byref(params)
    )
    if failed:
        sys.exit(f"llama.cpp cannot write {target}: {failed}")


def write_expected(case: Path) -> None:
    """The Hugging Face directory of a GGUF file's weights."""
    model = GGUFReader(case / "gguf" / "model.gguf")
    config = read_config(model)
    expected = case / "expected"
    expected.mkdir()
    save_file(read_weights(model, config), expected / "model.safetensors", {"format": "pt"})
    write_json(expected / "config.json", config)
    write_json(expected / "tokenizer.json", read_tokenizer(model))
    for directory in (case / "gguf", expected):
        add_head(directory, config["hidden_size"], config["num_hidden_layers"])


def begin(output: Path, name: str) -> Path:
    case = output / name
    (case / "gguf").mkdir(parents=True)
    return case


def write_smollm2(output: Path) -> None:
    source = find_gguf()
    for name, kind in {"own": None, **SMOLLM2_TYPES}.items():
        case = begin(output, f"smollm2-{name}")
        target = case / "gguf" / "model.gguf"
        if kind is None:
            shutil.copy(source, target)
        else:
            quantize(source, target, kind)
        write_ids(case, ["<|im_start|>", "<|endoftext|>"])
        write_expected(case)


def byte_level_bpe(split: pre_tokenizers.PreTokenizer, special: list[str]) -> Tokenizer:
    """A trained byte-level BPE."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = split
    trainer = trainers.BpeTrainer(
        vocab_size=2000,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(documents(), trainer)
    return tokenizer


def add_bpe(writer: GGUFWriter, tokenizer: Tokenizer, pre: str, special: list[str]) -> None:
    content = json.loads(tokenizer.to_str())
    vocab = content["model"]["vocab"]
    tokens = sorted(vocab, key=vocab.get)
    kinds = [gguf.TokenType.CONTROL if t in special else gguf.TokenType.NORMAL for t in tokens]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges([" ".join(pair) for pair in content["model"]["merges"]])
    writer.add_bos_token_id(vocab[special[0]])
    writer.add_eos_token_id(vocab[special[1]])


def add_sentencepiece(writer: GGUFWriter, folder: Path) -> None:
    """A vocabulary of merged pieces with a fallback to bytes, as Llama 2's."""
    prefix = folder / "pieces"
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(documents()),
        model_prefix=str(prefix),
        model_type="bpe",
        vocab_size=1500,
        byte_fallback=True,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        character_coverage=0.9995,
        max_sentence_length=1 << 20,
        minloglevel=2,
    )
    pieces = sentencepiece.SentencePieceProcessor(model_file=f"{prefix}.model")
    kinds = []
    for piece in range(pieces.vocab_size()):
        if pieces.is_unknown(piece):
            kinds.append(gguf.TokenType.UNKNOWN)
        elif pieces.is_control(piece):
            kinds.append(gguf.TokenType.CONTROL)
        elif pieces.is_byte(piece):
            kinds.append(gguf.TokenType.BYTE)
        else:
            kinds.append(gguf.TokenType.NORMAL)
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([pieces.id_to_piece(i) for i in range(pieces.vocab_size())])
    writer.add_token_scores([pieces.get_score(i) for i in range(pieces.vocab_size())])
    writer.add_token_types(kinds)
    writer.add_bos_token_id(pieces.bos_id())
    writer.add_eos_token_id(pieces.eos_id())
    writer.add_unk_token_id(pieces.unk_id())


def write_model(file: Path, vocabulary: int, add_tokenizer: Callable[[GGUFWriter], None]) -> None:
    """A random Llama whose rows are whole super-blocks of 256 numbers."""
    random = np.random.default_rng(SEED)
    width, heads, kv_heads, mlp, layers = 256, 4, 2, 512, 2
    writer = GGUFWriter(str(file), "llama")
    writer.add_context_length(512)
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(mlp)
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(10000.0)
    writer.add_rope_dimension_count(width // heads)
    writer.add_vocab_size(vocabulary)
    add_tokenizer(writer)

    def add(name: str, *shape: int) -> None:
        scale = 1.0 if len(shape) == 1 else shape[-1] ** -0.5
        writer.add_tensor(name, (random.normal(size=shape) * scale).astype(np.float32))

    add("token_embd.weight", vocabulary, width)
    add("output_norm.weight", width)
    for layer in range(layers):
        prefix = f"blk.{layer}."
        add(prefix + "attn_norm.weight", width)
        add(prefix + "attn_q.weight", width, width)
        add(prefix + "attn_k.weight", width * kv_heads // heads, width)
        add(prefix + "attn_v.weight", width * kv_heads // heads, width)
        add(prefix + "attn_output.weight", width, width)
        add(prefix + "ffn_norm.weight", width)
        add(prefix + "ffn_gate.weight", mlp, width)
        add(prefix + "ffn_up.weight", mlp, width)
        add(prefix + "ffn_down.weight", width, mlp)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_vocabularies(output: Path) -> None:
    special = ["<|start|>", "<|end|>"]
    words = (
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
        r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    )
    split = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(words), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer = byte_level_bpe(split, special)
    for pre in ("gpt-2", "smollm", "llama-bpe", "qwen2", "default"):
        case = begin(output, f"vocabulary-{pre}")
        write_model(
            case / "gguf" / "model.gguf",
            tokenizer.get_vocab_size(),
            lambda writer: add_bpe(writer, tokenizer, pre, special),
        )
        write_ids(case, special, "NFC" if pre == "qwen2" else None)
    case = begin(output, "vocabulary-llama")
    write_model(
        case / "gguf" / "model.gguf", 1500, lambda writer: add_sentencepiece(writer, case)
    )
    write_ids(case, ["<s>", "</s>"])


def write_random_model(output: Path) -> None:
    special = ["<|start|>", "<|end|>"]
    split = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    tokenizer = byte_level_bpe(split, special)
    source = output / "random.gguf"

    def add_tokenizer(writer: GGUFWriter) -> None:
        add_bpe(writer, tokenizer, "smollm", special)
        writer.add_pad_token_id(0)

    write_model(source, tokenizer.get_vocab_size(), add_tokenizer)
    for name, kind in RANDOM_TYPES.items():
        case = begin(output, f"random-{name}")
        quantize(source, case / "gguf" / "model.gguf", kind)
        write_ids(case, special)
        write_expected(case)
    source.unlink()


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: check_gguf.py OUTPUT")
    output = Path(sys.argv[1])
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    write_vocabularies(output)
    write_random_model(output)
    write_smollm2(output)


if __name__ == "__main__":
    main()
