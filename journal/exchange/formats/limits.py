"""What a file of another journal may hold. Each limit is far above what people have, and far below what would harm the site.

A file beyond one of them is refused as a whole, with a sentence that names the limit, before anything of it is stored.
"""

KIB, MIB, GIB = 1024, 1024**2, 1024**3

# --- The whole file.
ENTRIES = 100_000  # of one file: 270 years of a page a night

# --- ZIP archives.
MEMBERS = 100_000  # files in an archive
DIRECTORY = 24 * MIB  # bytes of its table of contents, which is read whole
MEMBER = 2 * GIB  # bytes of one file in it, unpacked: an hour of video
UNPACKED = 32 * GIB  # bytes of all files in it, unpacked
RATIO = 250  # times that a file may be larger than what it is packed into; text is packed into a tenth
RATIO_FREE = MIB  # bytes up to which the ratio is not looked at: an empty page repeats itself
CANDIDATES = 50  # JSON files at the root of an archive that are looked into to tell whose they are
NAME = 512  # characters of a file's name in an archive, with its folders

# --- JSON.
ITEM = 8 * MIB  # bytes of one entry, with all that is said of it
BRACKETS = 1_000  # brackets that may be open at once within an entry, those in texts included
DEPTH = 64  # levels that the values of an entry may be nested

# --- Text files.
LINE = 4 * MIB  # bytes of one line
DOCUMENT = 8 * MIB  # bytes of a file that holds one entry

# --- One entry.
TEXT = 200_000  # characters of one page; a longer text becomes several pages of its night
PAGES = 50  # pages that one text may become
TITLE = 500  # characters
LABEL = 200  # characters of a tag, a place or the weather
TAGS = 100
FILES = 500  # attached files
EXTRA = 64 * KIB  # characters of what else the source said, as JSON
FIRST_YEAR = 1900  # of a night that can be taken in
