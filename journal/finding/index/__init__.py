"""The sealed index of a journal: how texts are taken apart, learnt, stored, and compared with what is searched for."""
