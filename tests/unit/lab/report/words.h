/* A command line as main has it. */
#ifndef STATOR_TESTS_LAB_WORDS_H
#define STATOR_TESTS_LAB_WORDS_H

#include <stdio.h>
#include <string.h>

#define WORDS_MAX 24

struct words {
    char text[400];
    char *argv[WORDS_MAX + 1];
    int argc;
};

/* Splits the line at its spaces. */
static inline void split_words(struct words *words, const char *line)
{
    char *rest = NULL;

    memset(words, 0, sizeof(*words));
    snprintf(words->text, sizeof(words->text), "%s", line);
    for (char *word = strtok_r(words->text, " ", &rest); word != NULL && words->argc < WORDS_MAX;
         word = strtok_r(NULL, " ", &rest)) {
        words->argv[words->argc++] = word;
    }
}

#endif
