/* The words of a column within a block: each gets a number when it comes first, and is found again by a hash.

   Sixteen bytes of a word are its key, as two numbers; few words of a table are longer. */
#ifndef WORDS_H
#define WORDS_H

#include <stdlib.h>

#include "decimal.h"

enum { KEY = 16, FEWEST_SLOTS = 256 };

typedef struct {
  uint64_t low, high;
  int32_t size, number; /* from 1 on; 0 where nothing is */
} Word;

/* firsts: (known, 2) where the words start and end where they come first. Of `slots`, a power of two, less than half are
   taken. patience: how many more words may be met that are others with the same slot. */
typedef struct {
  Word *table;
  uint64_t slots;
  int64_t known, patience;
  int32_t *firsts, *codes;
} Words;

/* The first eight bytes of a word, or all of it; what stands behind it is taken off, as far as the text goes. */
INLINE uint64_t part_of(const uint8_t *at, int64_t size, const uint8_t *end) {
  static const uint64_t LOWEST[] = {0, 0xff, 0xffff, 0xffffff, 0xffffffff, 0xffffffffff, 0xffffffffffff, 0xffffffffffffff};
  return word_at(at, end) & (size >= 8 ? ~0ull : size > 0 ? LOWEST[size] : 0);
}

INLINE uint64_t stirred(uint64_t hash, uint64_t part) {
  hash = (hash ^ part) * 0x9e3779b97f4a7c15;
  return hash ^ hash >> 29;
}

/* Where in the table the word is looked for first. */
INLINE uint64_t slot_of(const Word *word, const uint8_t *at, const uint8_t *end) {
  uint64_t hash = stirred(stirred((uint64_t)word->size, word->low), word->high);
  for (int64_t done = KEY; done < word->size; done += 8) hash = stirred(hash, part_of(at + done, word->size - done, end));
  return hash * 0xc2b2ae3d27d4eb4f >> 32;
}

INLINE Word word_of(const uint8_t *at, const uint8_t *stop, const uint8_t *end) {
  const int64_t size = stop - at;
  return (Word){part_of(at, size, end), part_of(at + 8, size - 8, end), (int32_t)size, 0};
}

static int are_words(Words *words, int64_t rows) {
  words->table = calloc(FEWEST_SLOTS, sizeof(Word));
  words->slots = FEWEST_SLOTS, words->known = 0, words->patience = 32 * rows + 1024;
  return words->table != NULL;
}

/* Twice as many slots. 0 where there is no memory for them. */
static int grown(Words *words, const uint8_t *text, const uint8_t *end) {
  const uint64_t slots = 2 * words->slots;
  Word *table = calloc(slots, sizeof(Word));
  if (!table) return 0;
  for (const Word *word = words->table; word < words->table + words->slots; word++) {
    if (!word->number) continue;
    uint64_t slot = slot_of(word, text + words->firsts[2 * (word->number - 1)], end);
    while (table[slot & (slots - 1)].number) slot++;
    table[slot & (slots - 1)] = *word;
  }
  free(words->table);
  words->table = table, words->slots = slots;
  return 1;
}

/* The number, from 0 on, of the word that stands here; below 0 where a file was made to have many words of one hash, or
   memory is lacking. */
INLINE int32_t number_of(Words *words, const uint8_t *text, const uint8_t *at, const uint8_t *stop, const uint8_t *end) {
  Word word = word_of(at, stop, end);
  for (uint64_t slot = slot_of(&word, at, end);; slot++) {
    Word *entry = words->table + (slot & (words->slots - 1));
    if (!entry->number) {
      int32_t *first = words->firsts + 2 * words->known;
      first[0] = (int32_t)(at - text), first[1] = (int32_t)(stop - text);
      word.number = (int32_t)++words->known;
      *entry = word;
      if (2 * (uint64_t)words->known >= words->slots && !grown(words, text, end)) return -1;
      return word.number - 1;
    }
    if (entry->low == word.low && entry->high == word.high && entry->size == word.size) {
      const uint8_t *first = text + words->firsts[2 * (entry->number - 1)];
      if (word.size <= KEY || !memcmp(first + KEY, at + KEY, (size_t)word.size - KEY)) return entry->number - 1;
    }
    if (!--words->patience) return -1;
  }
}

#endif
