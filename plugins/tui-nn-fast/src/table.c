/* Cells of a table as text: a block of whole lines, UTF-8, in one walk. Numbers become float64; of words it is found
   where they stand, and which of them are the same. What is not plain is declined, or left to Python cell by cell.

   Plain is a block in which each line is a row of as many cells as there are columns, whose quotes stand around whole
   cells: what tui_nn.datasets.text.cells calls so, which gives the same results without this library. */
#include "decimal.h"

#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

enum { DECLINED = -1 };
enum { LANES = 16 }; /* bytes that are compared together */
typedef uint8_t Bytes __attribute__((vector_size(LANES)));
typedef int8_t Mask __attribute__((vector_size(LANES)));
enum { NUMBER = 1, WORD = 2 }; /* what is asked of a column; 0 for nothing */

typedef struct {
  int64_t columns, longest, comment_size; /* longest: bytes of a cell */
  int32_t trailing, header;               /* whether the last cell of each row is empty; whether there are names */
  uint8_t delimiter, quote, point, has_quote;
  const uint8_t *asked; /* (columns,) */
  const uint8_t *comment, *names;
  const int64_t *name_ends; /* (columns,) of the names, which stand one after another */
} Form;

/* What is found. values: (rows, numbers). starts, ends: (words, most). left: cells that are to be looked at, four
   numbers each: the row, the place among the numbers, where it starts and ends. */
typedef struct {
  int64_t most;
  double *values;
  int32_t *starts, *ends, *left;
  int64_t lefts;
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

/* The first byte from `at` on that ends a cell, or that no plain cell has; or `end`. */
static inline const uint8_t *next_stop(const Form *form, const uint8_t *at, const uint8_t *end) {
  const uint8_t delimiter = form->delimiter, quote = form->has_quote ? form->quote : '\n';
  for (; end - at >= LANES; at += LANES) {
    Bytes text;
    memcpy(&text, at, LANES);
    const Mask stops = (text == delimiter) | (text == quote) | (text == '\n') | (text == '\r');
    uint64_t found[2];
    memcpy(found, &stops, LANES);
    if (found[0]) return at + (__builtin_ctzll(found[0]) >> 3);
    if (found[1]) return at + (__builtin_ctzll(found[1]) >> 3) + 8;
  }
  while (at < end && *at != delimiter && *at != quote && *at != '\n' && *at != '\r') at++;
  return at;
}

/* Of what Python hands over and is given: it asks for the version that it knows, and does without any other. */
EXPORT int64_t table_version(void) { return 1; }

/* The rows of the block, or DECLINED. */
EXPORT int64_t table_rows(const Form *form, const uint8_t *text, int64_t size, Found *found) {
  const uint8_t *at = text, *const end = text + size;
  const int64_t last = form->columns - 1;
  const uint8_t delimiter = form->delimiter, quote = form->quote, point = form->point, has_quote = form->has_quote;
  double *value = found->values;
  int64_t row = 0;
  found->lefts = 0;
  for (; at < end; row++) {
    if (row == found->most) return DECLINED;
    if (form->comment_size && end - at >= form->comment_size && !memcmp(at, form->comment, (size_t)form->comment_size))
      return DECLINED;
    const uint8_t *const begin = at, *stop = at;
    int64_t word = row, place = 0;
    for (int64_t column = 0; column <= last; column++) {
      const uint8_t *cell = at;
      const int asked = form->asked[column], quoted = has_quote && at < end && *at == quote;
      int known = 0;
      if (quoted) {
        cell = ++at;
        while (at < end && *at != quote && *at != '\n' && *at != '\r') at++;
        if (at == end || *at != quote) return DECLINED;
        stop = at++;
        if (at < end && *at != delimiter && *at != '\n' && *at != '\r') return DECLINED;
      } else {
        stop = at = next_stop(form, at, end);
        known = asked == NUMBER && decimal(cell, stop, end, point, value) == stop;
      }
      if (at - cell > form->longest) return DECLINED;
      if (at == end || *at != delimiter) { /* the end of the row, or a quote where none may be */
        if (column != last || (at < end && *at == '\r' && (end - at == 1 || at[1] != '\n'))) return DECLINED;
        if (at < end && *at != '\n' && *at != '\r') return DECLINED;
      } else if (column == last)
        return DECLINED;
      if (column == last && form->trailing && stop != cell) return DECLINED;
      if (asked && !known) {
        while (cell < stop && *cell == ' ') cell++;
        while (cell < stop && stop[-1] == ' ') stop--;
      }
      if (asked & WORD) {
        found->starts[word] = (int32_t)(cell - text);
        found->ends[word] = (int32_t)(stop - text);
        word += found->most;
      }
      if (asked & NUMBER) {
        if (!known && cell == stop) {
          const uint64_t missing = 0x7ff8000000000000; /* Python's NaN */
          memcpy(value, &missing, 8);
        } else if (!known && decimal(cell, stop, end, point, value) != stop) {
          int32_t *left = found->left + 4 * found->lefts++;
          left[0] = (int32_t)row, left[1] = (int32_t)place;
          left[2] = (int32_t)(cell - text), left[3] = (int32_t)(stop - text);
        }
        value++, place++;
      }
      if (column < last) at++;
    }
    if (form->header && may_be_header(form, begin, at)) return DECLINED;
    if (at < end) at += *at == '\r' ? 2 : 1;
  }
  return row;
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

/* The first eight bytes of a word, or all of it; what stands behind it is taken off, as far as the text goes. */
INLINE uint64_t part_of(const uint8_t *at, const uint8_t *stop, const uint8_t *end) {
  const int64_t left = stop - at;
  return left >= 8 ? word_at(at, end) : left ? word_at(at, end) & (~0ull >> (64 - 8 * left)) : 0;
}

INLINE uint64_t mixed(const uint8_t *at, const uint8_t *stop, const uint8_t *end) {
  uint64_t hash = (uint64_t)(stop - at);
  for (; at < stop; at += 8) hash = (hash ^ part_of(at, stop, end)) * 0x9e3779b97f4a7c15, hash ^= hash >> 29;
  return hash * 0xc2b2ae3d27d4eb4f >> 32;
}

INLINE int are_same(const uint8_t *at, const uint8_t *other, int64_t size, const uint8_t *end) {
  for (const uint8_t *stop = at + size, *last = other + size; at < stop; at += 8, other += 8)
    if (part_of(at, stop, end) != part_of(other, last, end)) return 0;
  return 1;
}

/* How many words there are between these starts and ends. codes: (rows,) of each the number, in the order in which they
   come first; firsts: the row of each. table: (slots,) 0, slots a power of two and more than rows. DECLINED where a file
   was made to have many words of one hash. */
EXPORT int64_t table_words(const uint8_t *text, int64_t size, const int32_t *starts, const int32_t *ends, int64_t rows,
                           int32_t *table, int64_t slots, int32_t *codes, int32_t *firsts) {
  const uint8_t *const end = text + size;
  int64_t known = 0, patience = 32 * rows + 1024;
  for (int64_t row = 0; row < rows; row++) {
    const uint8_t *at = text + starts[row], *stop = text + ends[row];
    for (uint64_t slot = mixed(at, stop, end);; slot++) {
      int32_t *entry = table + (slot & (uint64_t)(slots - 1));
      if (!*entry) {
        firsts[known] = (int32_t)row;
        *entry = (int32_t)++known;
      } else {
        const int32_t other = firsts[*entry - 1];
        if (ends[other] - starts[other] != stop - at || !are_same(text + starts[other], at, stop - at, end)) {
          if (!--patience) return DECLINED;
          continue;
        }
      }
      codes[row] = *entry - 1;
      break;
    }
  }
  return known;
}
