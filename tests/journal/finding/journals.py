"""Generated texts and searches, in English, Spanish and other scripts."""

from hypothesis import strategies as st

ENGLISH = "the and was happy happiness walk walked walking cry cried hope hoping Mara's don't bed-time over oven rain".split()
SPANISH = "que los una comía comer comió canción canciones niño niñas enfadada enfado casa cases lluvia hoy".split()
OTHER = "怒った 怒 寝る前 мама 学校에서 ❤️ ﬁne Straße e\u0301te\u0301 2024 AND NOT NEAR".split()

texts = st.one_of(
    st.lists(st.sampled_from(ENGLISH), max_size=8),
    st.lists(st.sampled_from(SPANISH), max_size=8),
    st.lists(st.sampled_from(ENGLISH + SPANISH + OTHER), max_size=8),
).flatmap(lambda words: st.sampled_from([" ", ", ", "\n"]).map(lambda between: between.join(words)))
single = st.sampled_from(ENGLISH + SPANISH + OTHER)
phrases = st.lists(single, min_size=1, max_size=3).map(" ".join)
beginnings = st.sampled_from(["wal", "com", "ni", "怒", "can", "happ"])
