/*
 * Finds the corpus in the source directory, which the build names: tests run from anywhere. The one
 * surprising thing: it is searched anew in every process that plays one file, because Criterion
 * gives tests nothing but a number.
 */
#include "wire/corpus.h"

#include "wire/fixture.h"

#include <glob.h>
#include <stdlib.h>

bool wire_corpus_init(struct wire_corpus *out)
{
    glob_t found;
    *out = (struct wire_corpus){0};
    if (glob(WIRE_CORPUS "/*.wire", 0, NULL, &found) != 0) {
        return false;
    }
    for (size_t i = 0; i < found.gl_pathc && i < WIRE_CORPUS_MAX; i++) {
        out->paths[out->count++] = strdup(found.gl_pathv[i]);
    }
    globfree(&found);
    return out->count > 0;
}

void wire_corpus_finish(struct wire_corpus *corpus)
{
    while (corpus->count > 0) {
        free(corpus->paths[--corpus->count]);
    }
}

bool wire_corpus_open(const struct wire_corpus *corpus, size_t index, struct wire_script *out,
                      struct stator_text *error)
{
    if (!wire_script_open(corpus->paths[index], out, error)) {
        return false;
    }
    for (size_t i = 0; i < out->conversation_count; i++) {
        if (wire_site_find(out->conversations[i].site) == NULL) {
            stator_text_add_format(error, "%s:%u: no such site", out->path,
                                   out->conversations[i].line);
            wire_script_finish(out);
            return false;
        }
    }
    return true;
}
