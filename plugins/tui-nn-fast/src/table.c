/* Cells of a table as text: a block of whole lines, UTF-8, in one walk. Numbers become float64; of words it is found
   where they stand, and which of them are the same. What is not plain is declined, or left to Python cell by cell.

   Plain is a block in which each line is a row of as many cells as there are columns, whose quotes stand around whole
   cells: what tui_nn.datasets.text.cells calls so, which gives the same results without this library. */
#include "words.h"

#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

enum { DECLINED = -1 };
enum { NUMBER = 1, WORD = 2 }; /* what is asked of a column; 0 for nothing */

static const double EXACT = 9007199254740992.0; /* 2^53: from here on float64 loses digits of whole numbers */

typedef struct {
  int64_t columns, longest, comment_size; /* longest: bytes of a cell */
  int32_t trailing, header;               /* whether the last cell of each row is empty; whether there are names */
  uint8_t delimiter, quote, point, has_quote;
  const uint8_t *asked; /* (columns,) */
  const uint8_t *comment, *names;
  const int64_t *name_ends; /* (columns,) of the names, which stand one after another */
} Form;

/* What is found, in `most` rows. values: (rows, numbers). codes: (words, most) of each the number, in the order in which
   the words of the column come first; firsts: (words, most, 2) where these start and end; known: (words,) how many there
   are. left: cells that are to be looked at, four numbers each: the row, the place among the numbers, where it starts
   and ends. whole: whether no number is missing, left, or too large for float64 to have all digits of it. */
typedef struct {
  int64_t most, words;
  double *values;
  int32_t *codes, *firsts, *left;
  int64_t *known;
  int64_t lefts, whole;
} Found;

/* Whether a byte may be a blank for Python, alone or with others; texts that have it at an end are not compared here. */
static int may_be_blank(uint8_t byte) { return byte <= ' ' || byte >= 0x7f; }

/* Whether the cell is this name, or empty where that is enough, or may be. */
static int may_be_name(const uint8_t *at, const uint8_t *end, const uint8_t *name, int64_t size, int or_empty) {
  while (at < end && *at == ' ') at++;
  while (at < end && end[-1] == ' ') end--;
  if (at == end) return or_empty || !size;
  if (may_be_blank(*at) || may_be_blank(end[-1])) return 1;
  return end - at == size && !memcmp(at, name, (size_t)size);
}

/* Where the row's cell that begins at `at` ends, quotes included: at a delimiter, or the row's end. */
static const uint8_t *cell_end(const Form *form, const uint8_t *at, const uint8_t *end) {
  if (form->has_quote && at < end && *at == form->quote) {
    for (at++; at < end && *at != form->quote;) at++;
  }
  while (at < end && *at != form->delimiter) at++;
  return at;
}

/* Whether a row, which is plain, may be the header once more. */
static int may_be_header(const Form *form, const uint8_t *at, const uint8_t *end) {
  const int64_t names = form->columns - form->trailing;
  for (int64_t column = 0; column < names; column++) {
    const uint8_t *stop = cell_end(form, at, end);
    const int quoted = form->has_quote && at < stop && *at == form->quote;
    const int64_t first = column ? form->name_ends[column - 1] : 0;
    const int64_t size = form->name_ends[column] - first;
    if (!may_be_name(at + quoted, stop - quoted, form->names + first, size, column < names - 1)) return 0;
    at = stop + 1;
  }
  return 1;
}

/* Whether a row may begin with the first name: most do not by their first byte. */
INLINE int may_begin_header(const Form *form, const uint8_t *at) {
  return *at == form->names[0] || may_be_blank(*at) || *at == form->delimiter || (form->has_quote && *at == form->quote);
}

/* Where a walk through a block is. value: the next number goes there. whole: as of Found. */
typedef struct {
  Marks marks;
  double *value;
  int64_t row;
  int whole;
} Walk;

/* A cell of any kind, the last of its row or not, with all that is looked at. Where it ends, or NULL if it is not plain.
   first: where the numbers of the row begin. */
static __attribute__((noinline)) const uint8_t *any_cell(const Form *form, const uint8_t *text, const uint8_t *end,
                                                         const uint8_t *cell, const uint8_t *stop, int64_t column,
                                                         const double *first, Walk *walk, Found *found, Words **word) {
  const int64_t last = form->columns - 1;
  const int asked = form->asked[column];
  const uint8_t *at = stop;
  if (form->has_quote && stop == cell && at < end && *at == form->quote) {
    cell++;
    do stop = next_mark(&walk->marks);
    while (stop < end && *stop == form->delimiter);
    if (stop == end || *stop != form->quote) return NULL;
    at = next_mark(&walk->marks);
    if (at != stop + 1) return NULL;
  }
  if (stop - cell > form->longest) return NULL;
  if (at == end || *at != form->delimiter) { /* the end of the row, or a quote where none may be */
    if (column != last || (at < end && *at == '\r' && (end - at == 1 || at[1] != '\n'))) return NULL;
    if (at < end && *at != '\n' && *at != '\r') return NULL;
  } else if (column == last)
    return NULL;
  if (column == last && form->trailing && stop != cell) return NULL;
  while (cell < stop && *cell == ' ') cell++;
  while (cell < stop && stop[-1] == ' ') stop--;
  if (asked & WORD) {
    const int32_t number = number_of(*word, text, cell, stop, end);
    if (number < 0) return NULL;
    (*word)++->codes[walk->row] = number;
  }
  if (asked & NUMBER) {
    double *value = walk->value++;
    if (cell == stop) {
      const uint64_t missing = 0x7ff8000000000000; /* Python's NaN */
      memcpy(value, &missing, 8);
    } else if (!decimal(cell, stop, end, form->point, value)) {
      int32_t *left = found->left + 4 * found->lefts++;
      left[0] = (int32_t)walk->row, left[1] = (int32_t)(value - first);
      left[2] = (int32_t)(cell - text), left[3] = (int32_t)(stop - text);
      *value = 0;
    }
    walk->whole &= -EXACT < *value && *value < EXACT;
  }
  return at;
}

/* As table_rows; words: of each column that is asked for them. */
static int64_t walk_rows(const Form *form, const uint8_t *text, int64_t size, Found *found, Words *words) {
  const uint8_t *at = text, *const end = text + size, *const asked = form->asked;
  const int64_t last = form->columns - 1;
  const uint8_t delimiter = form->delimiter, point = form->point;
  const uint8_t kinds[] = {delimiter, form->has_quote ? form->quote : '\n', '\n', '\r'};
  Walk walk = {marks_in(text, end, kinds), found->values, 0, 1};
  if (form->longest < MOST_QUICK) return DECLINED;
  for (; at < end; walk.row++) {
    if (walk.row == found->most) return DECLINED;
    if (form->comment_size && end - at >= form->comment_size && !memcmp(at, form->comment, (size_t)form->comment_size))
      return DECLINED;
    const uint8_t *const begin = at;
    const double *const first = walk.value;
    Words *word = words;
    for (int64_t column = 0; column <= last; column++) {
      const uint8_t *stop = next_mark(&walk.marks);
      if (asked[column] == NUMBER && column < last && *stop == delimiter && quick_decimal(at, stop, end, point, walk.value)) {
        walk.value++; /* most cells of most tables */
        at = stop + 1;
        continue;
      }
      at = any_cell(form, text, end, at, stop, column, first, &walk, found, &word);
      if (!at) return DECLINED;
      if (column < last) at++;
    }
    if (form->header && may_begin_header(form, begin) && may_be_header(form, begin, at)) return DECLINED;
    if (at < end && *at == '\r') at = next_mark(&walk.marks);
    if (at < end) at++;
  }
  found->whole = walk.whole && !found->lefts;
  return walk.row;
}

/* Of what Python hands over and is given: it asks for the version that it knows, and does without any other. */
EXPORT int64_t table_version(void) { return 2; }

/* The rows of the block, or DECLINED: also where a file was made to have many words of one hash. */
EXPORT int64_t table_rows(const Form *form, const uint8_t *text, int64_t size, Found *found) {
  Words *words = calloc((size_t)found->words + 1, sizeof(Words));
  int64_t made = 0, rows = DECLINED;
  found->lefts = found->whole = 0;
  for (; words && made < found->words && are_words(words + made, found->most); made++) {
    words[made].codes = found->codes + made * found->most;
    words[made].firsts = found->firsts + made * found->most * 2;
  }
  if (words && made == found->words) rows = walk_rows(form, text, size, found, words);
  for (int64_t at = 0; at < made; at++) found->known[at] = words[at].known, free(words[at].table);
  free(words);
  return rows;
}

/* What all of a text says of itself. facts: how many lines end in it; whether it has a byte that is no letter of ASCII, 0
   among them; whether it has a quotation mark. */
EXPORT void table_facts(const uint8_t *text, int64_t size, int64_t *facts) {
  const uint8_t *at = text, *const end = text + size;
  Bytes odd = {0}, quotes = {0};
  int64_t lines = 0;
  while (end - at >= LANES) {
    Bytes ends = {0};
    for (int done = 0; done < 255 && end - at >= LANES; done++, at += LANES) {
      Bytes some;
      memcpy(&some, at, LANES);
      ends -= (Bytes)(some == '\n');
      quotes |= (Bytes)(some == '"');
      odd |= (some & 0x80) | (Bytes)(some == 0);
    }
    for (int lane = 0; lane < LANES; lane++) lines += ends[lane];
  }
  int is_odd = 0, has_quotes = 0;
  for (int lane = 0; lane < LANES; lane++) is_odd |= odd[lane], has_quotes |= quotes[lane];
  for (; at < end; at++) lines += *at == '\n', has_quotes |= *at == '"', is_odd |= *at >= 0x80 || !*at;
  facts[0] = lines, facts[1] = is_odd != 0, facts[2] = has_quotes != 0;
}
