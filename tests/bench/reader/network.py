"""The reader's network: BERT over a question and a passage, with a score for every sentence of it.

The layers are those of the cross-encoder it starts from (its names, so that its weights load). On top of
them are three small heads: for each sentence whether it answers (linear in the mean of its tokens and in
[CLS]), for the whole passage whether it answers (the cross-encoder's own head), and where the words that
answer begin and end ([CLS] for none).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

WIDTH, HEADS, INNER, VOCABULARY, POSITIONS = 384, 12, 1536, 30522, 512
DROPOUT = 0.1  # while it is trained


class Layer(nn.Module):
    """One layer of BERT."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value, self.output = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.after_attention = nn.LayerNorm(WIDTH, eps=1e-12)
        self.inner, self.outer = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.after = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        batch, length, _ = states.shape

        def split(projected: Tensor) -> Tensor:
            return projected.view(batch, length, HEADS, WIDTH // HEADS).transpose(1, 2)

        query, key, value = (split(part(states)) for part in (self.query, self.key, self.value))
        attended = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask.to(query.dtype))
        attended = self.output(attended.transpose(1, 2).reshape(batch, length, WIDTH))
        states = self.after_attention(states + self.dropped(attended))
        return self.after(states + self.dropped(self.outer(functional.gelu(self.inner(states)))))

    def dropped(self, states: Tensor) -> Tensor:
        return functional.dropout(states, DROPOUT) if self.training else states


class Reader(nn.Module):
    """What the question and a passage's tokens say about each sentence, the passage and each token."""

    def __init__(self, layers: int) -> None:
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, WIDTH)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.kinds = nn.Embedding(2, WIDTH)
        self.after_embedding = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(layers))
        self.pooler, self.classifier = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, 1)
        self.sentence = nn.Linear(2 * WIDTH, 1)
        self.span = nn.Linear(WIDTH, 2)

    def encode(self, ids: Tensor, kinds: Tensor, mask: Tensor) -> list[Tensor]:
        """The states after each layer, (batch, tokens, 384), of ids, kinds (0 question, 1 passage) and mask."""
        places = torch.arange(ids.shape[1], device=ids.device).unsqueeze(0)
        states = self.after_embedding(self.words(ids) + self.positions(places) + self.kinds(kinds))
        wide = (1.0 - mask[:, None, None, :].to(self.span.weight.dtype)) * -1e4
        after = []
        for layer in self.layers:
            states = layer(states, wide)
            after.append(states)
        return after

    def judge(self, states: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Shares of the sentences' logits, (batch, tokens); of spans, (batch, tokens, 2); logits of passages, (batch,).

        A sentence's logit is the mean of its tokens' shares: the head is linear, so the mean of the
        scores is the score of the mean, and no token's state has to leave the network.
        """
        first = states[:, 0]
        own, whole = self.sentence.weight.split(WIDTH, dim=1)
        shares = functional.linear(states, own) + functional.linear(first, whole, self.sentence.bias).unsqueeze(1)
        passage = self.classifier(torch.tanh(self.pooler(first))).squeeze(1)
        return shares.squeeze(2), self.span(states), passage

    def forward(self, ids: Tensor, kinds: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What `judge` makes of the last states."""
        return self.judge(self.encode(ids, kinds, mask)[-1])
