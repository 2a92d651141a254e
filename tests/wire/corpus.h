/* The corpus: every *.wire file beside this one, in the order of their names. */
#ifndef STATOR_WIRE_CORPUS_H
#define STATOR_WIRE_CORPUS_H

#include "wire/script.h"

#define WIRE_CORPUS_MAX 64

struct wire_corpus {
    size_t count;
    char *paths[WIRE_CORPUS_MAX];
};

/* Finds the files. Owns: the caller finishes it. Fails: false where there is none. */
bool wire_corpus_init(struct wire_corpus *out);
void wire_corpus_finish(struct wire_corpus *corpus);

/*
 * Opens the file of that index. Fails: false; `error` says why, also when a site is unknown.
 */
bool wire_corpus_open(const struct wire_corpus *corpus, size_t index, struct wire_script *out,
                      struct stator_text *error);

#endif
