"""Logits of tiny random models as Transformers computes them: transformers_logits.json.

    pip install torch transformers==5.24.0
    python transformers_logits.py > ../resources/org/sparkadept/decoder/compute/transformers_logits.json

The weights are not stored: they follow from the tensors' names, by the random numbers of Java
(java.util.Random), so that TransformersLogitsTest can make them again. Each case has the
configuration as Transformers saves it and, under "older", with the keys of earlier releases.
"""

import json
import math

import torch
import transformers

LABELS = 4
VOCABULARY = 41
LENGTHS = [1, 6, 33]

SIZES = {
    "vocab_size": VOCABULARY,
    "hidden_size": 30,
    "intermediate_size": 27,
    "num_hidden_layers": 4,
    "num_attention_heads": 6,
    "num_key_value_heads": 2,
    "max_position_embeddings": 96,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
HEAD = {"head_dim": 10}
EVEN = {"hidden_size": 36}
RMS = {"hidden_act": "silu", "rms_norm_eps": 1e-5}
GEMMA = {"hidden_activation": "gelu_pytorch_tanh", "rms_norm_eps": 1e-6, "head_dim": 10}
LLAMA3 = {
    "rope_type": "llama3",
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 16,
}
GRANITE = {
    "embedding_multiplier": 7.5,
    "attention_multiplier": 0.21,
    "residual_multiplier": 0.37,
    "logits_scaling": 5.0,
}
HYBRID = {
    **GRANITE,
    "shared_intermediate_size": 19,
    "num_local_experts": 0,
    "mamba_n_heads": 8,
    "mamba_expand": 2,
}
MODERNBERT = {
    "vocab_size": VOCABULARY,
    "hidden_size": 36,
    "intermediate_size": 27,
    "num_hidden_layers": 4,
    "num_attention_heads": 6,
    "max_position_embeddings": 96,
    "hidden_activation": "gelu",
    "norm_eps": 1e-5,
    "local_attention": 10,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "cls_token_id": 1,
    "sep_token_id": 2,
}
LONGROPE = {
    "type": "longrope",
    "short_factor": [1.0, 1.3, 1.7, 2.9],
    "long_factor": [2.0, 4.0, 8.0, 16.0],
}

# name: (model_type, keys as earlier releases write them)
CASES = {
    "llama": ("llama", {**SIZES, **RMS, **HEAD, "rope_theta": 5e4, "rope_scaling": LLAMA3}),
    "mistral": ("mistral", {**SIZES, **RMS, **HEAD, "sliding_window": 5}),
    "qwen2": (
        "qwen2",
        {**SIZES, **EVEN, **RMS, "use_sliding_window": True, "sliding_window": 5, "max_window_layers": 2},
    ),
    "qwen3": ("qwen3", {**SIZES, **RMS, **HEAD, "rope_theta": 1e6}),
    "gpt2": (
        "gpt2",
        {
            "vocab_size": VOCABULARY,
            "n_embd": 30,
            "n_layer": 3,
            "n_head": 5,
            "n_inner": 44,
            "n_positions": 64,
            "layer_norm_epsilon": 1e-5,
            "activation_function": "gelu_new",
        },
    ),
    "granite": (
        "granite",
        {**SIZES, **RMS, **EVEN, **GRANITE, "rope_theta": 2e4, "attention_bias": True, "mlp_bias": True},
    ),
    "granite 4": (
        "granitemoehybrid",
        {**SIZES, **RMS, **EVEN, **HYBRID, "layer_types": ["attention"] * 4, "position_embedding_type": "rope"},
    ),
    "granite 4, no positions": (
        "granitemoehybrid",
        {**SIZES, **RMS, **EVEN, **HYBRID, "layer_types": ["attention"] * 4, "attention_bias": True},
    ),
    "phi3": ("phi3", {**SIZES, **RMS, **EVEN, "sliding_window": 5}),
    "phi3, part of a head": ("phi3", {**SIZES, **RMS, "hidden_size": 60, "partial_rotary_factor": 0.61}),
    "phi3, longrope": (
        "phi3",
        {
            **SIZES,
            **RMS,
            "hidden_size": 60,
            "partial_rotary_factor": 0.8,
            "original_max_position_embeddings": 33,
            "rope_scaling": LONGROPE,
        },
    ),
    "smollm3": ("smollm3", {**SIZES, **RMS, **EVEN, "rope_theta": 5e4, "no_rope_layer_interval": 3}),
    "smollm3, windows": (
        "smollm3",
        {
            **SIZES,
            **RMS,
            **EVEN,
            "no_rope_layers": [1, 0, 0, 1],
            "use_sliding_window": True,
            "sliding_window": 5,
            "attention_bias": True,
            "mlp_bias": True,
        },
    ),
    "olmo2": ("olmo2", {**SIZES, **EVEN, **RMS, "attention_bias": True, "rope_theta": 5e5}),
    "gemma2": (
        "gemma2",
        {**SIZES, **GEMMA, "query_pre_attn_scalar": 7, "attn_logit_softcapping": 1.5, "sliding_window": 5},
    ),
    "gemma3": (
        "gemma3_text",
        {
            **SIZES,
            **GEMMA,
            "query_pre_attn_scalar": 7,
            "sliding_window": 5,
            "sliding_window_pattern": 3,
            "rope_theta": 2e4,
            "rope_local_base_freq": 300.0,
            "rope_scaling": {"rope_type": "linear", "factor": 4.0},
        },
    ),
    "modernbert": (
        "modernbert-decoder",
        {**MODERNBERT, "global_attn_every_n_layers": 3, "global_rope_theta": 3e4, "local_rope_theta": 200.0},
    ),
    "modernbert, biases": (
        "modernbert-decoder",
        {**MODERNBERT, "norm_bias": True, "attention_bias": True, "mlp_bias": True, "local_attention": 7},
    ),
}


class JavaRandom:
    """java.util.Random."""

    def __init__(self, seed):
        self.state = (seed ^ 0x5DEECE66D) & ((1 << 48) - 1)

    def next(self, bits):
        self.state = (self.state * 0x5DEECE66D + 0xB) & ((1 << 48) - 1)
        return self.state >> (48 - bits)

    def next_int(self, bound):
        while True:
            bits = self.next(31)
            value = bits % bound
            if bits - value + bound - 1 < 1 << 31:
                return value


def java_hash(text):
    value = 0
    for char in text:
        value = (31 * value + ord(char)) & 0xFFFFFFFF
    return value - (1 << 32) if value >= 1 << 31 else value


def weights(name, shape):
    """Matrices keep the size of what goes through them; norms are about 1."""
    random = JavaRandom(java_hash(name))
    draws = [(random.next_int(255) - 127) / 128.0 for _ in range(math.prod(shape))]
    if len(shape) == 2:
        draws = [draw * 2 / math.sqrt(shape[1]) for draw in draws]
    elif name.endswith(".weight"):
        draws = [1 + draw / 4 for draw in draws]
    else:
        draws = [draw / 4 for draw in draws]
    return torch.tensor(draws, dtype=torch.float64).to(torch.float32).reshape(shape)


def case(model_type, older):
    config = transformers.AutoConfig.for_model(model_type, **json.loads(json.dumps(older)))
    config._attn_implementation = "eager"
    model = transformers.AutoModel.from_config(config).eval()
    prefix = "transformer." if model_type == "gpt2" else "model."
    shapes = {}
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            shapes[prefix + name] = list(parameter.shape)
            parameter.copy_(weights(prefix + name, list(parameter.shape)))
        width = model.config.hidden_size
        shapes["score.weight"] = [LABELS, width]
        score = weights("score.weight", [LABELS, width]).double()
        model = model.double()
        rows, logits = [], []
        for length in LENGTHS:
            ids = [3 + (7 * length + 11 * i * i) % (VOCABULARY - 3) for i in range(length)]
            last = model(torch.tensor([ids])).last_hidden_state[0, -1]
            rows.append(ids)
            logits.append([float(f"{value:.8g}") for value in score @ last])
    saved = json.loads(model.config.to_json_string())
    for key in ["transformers_version", "architectures", "_attn_implementation", "dtype"]:
        saved.pop(key, None)
    return {
        "config": saved,
        "older": {"model_type": model_type, **older},
        "tensors": shapes,
        "rows": rows,
        "logits": logits,
    }


def main():
    cases = []
    for name, (model_type, older) in CASES.items():
        parts = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in case(model_type, older).items()]
        cases.append(f"  {json.dumps(name)}: {{\n    " + ",\n    ".join(parts) + "\n  }")
    print("{\n" + ",\n".join(cases) + "\n}")


if __name__ == "__main__":
    main()
