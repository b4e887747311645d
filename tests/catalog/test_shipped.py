"""The catalog that comes with studybot is the whole of its index, in the index's order."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from bot.catalog import Catalog

SEED = Path(__file__).parents[3] / "shared" / "seed" / "quickstart-on-llms.md"

LINKS = """
https://arxiv.org/abs/1706.03762
https://arxiv.org/abs/1810.04805
https://arxiv.org/abs/2005.14165
https://arxiv.org/abs/2206.07682
https://openai.com/index/language-unsupervised/
https://www.youtube.com/watch?v=bZQun8Y4L2A
https://www.youtube.com/watch?app=desktop&v=kYWUEV_e2ss&feature=youtu.be
https://www.youtube.com/watch?v=9vM4p9NN0Ts
https://jalammar.github.io/illustrated-transformer/
https://jalammar.github.io/illustrated-gpt2/
https://jalammar.github.io/how-gpt3-works-visualizations-animations/
https://huyenchip.com/2023/04/11/llm-engineering.html
https://huyenchip.com/2023/05/02/rlhf.html
https://www.youtube.com/watch?v=jkrNMKz9pWU
https://huggingface.co/blog/optimize-llm
https://www.youtube.com/watch?v=80bIUggRJf4
https://ai.plainenglish.io/understanding-llama2-kv-cache-grouped-query-attention-rotary-embedding-and-more-c17e5f49a6d7
https://www.youtube.com/watch?v=t509sv5MT0w
https://blog.vllm.ai/2023/06/20/vllm.html
https://www.anyscale.com/blog/continuous-batching-llm-inference
https://finbarr.ca/how-is-llama-cpp-possible/
https://kipp.ly/transformer-inference-arithmetic/
https://huggingface.co/spaces/nanotron/ultrascale-playbook
""".split()


def test_every_link_in_order(catalog: Catalog) -> None:
    assert [resource.url for resource in catalog] == LINKS


@pytest.mark.skipif(not SEED.is_file(), reason="the index itself is not at hand")
def test_links_and_titles_are_those_of_the_index(catalog: Catalog) -> None:
    links = re.findall(r"\[([^\]]+)\]\((http[^)]+)\)", SEED.read_text(encoding="utf-8"))
    assert [url for _, url in links] == LINKS
    for (title, _), resource in zip(links, catalog, strict=True):
        assert title in resource.title


def test_stages_and_tracks(catalog: Catalog) -> None:
    assert [len(stage.resources) for stage in catalog.stages] == [13, 9]
    assert [len(track.resources) for track in catalog.tracks] == [1, 0, 0]
    assert all(stage.goal for stage in catalog.stages)
    assert catalog.tracks_note.startswith("From here, it depends on which area")
    assert "neural networks" in catalog.prerequisites[0]
    assert [resource.kind for resource in catalog.resources[:5]] == ["paper"] * 5


def test_every_resource_is_described(catalog: Catalog) -> None:
    for resource in catalog:
        assert resource.kind, resource.id
        assert resource.topics, resource.id
        assert len(resource.summary) > 60, resource.id
        assert resource.prompts, resource.id
        assert all(prompt.endswith("?") for prompt in resource.prompts), resource.id
    assert len({resource.summary for resource in catalog}) == len(catalog)


def test_every_topic_is_treated_and_no_alias_names_two(catalog: Catalog) -> None:
    treated = {slug for resource in catalog for slug in resource.topics}
    broader = {slug for topic in catalog.topics.values() for slug in topic.broader}
    assert set(catalog.topics) == treated | broader
    names = Counter(name.casefold() for topic in catalog.topics.values() for name in (topic.name, *topic.aliases))
    assert [name for name, count in names.items() if count > 1] == []
