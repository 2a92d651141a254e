/* What a response has to look like, so that nothing else is measured by mistake. */
#ifndef BENCH_MICRO_ANSWER_H
#define BENCH_MICRO_ANSWER_H

#include "exchange/output.h"
#include "site.h"

struct answer {
    const char *line;  /* its status line */
    const char *field; /* a field line that its head holds */
    const char *page;  /* what its body ends in; NULL where it is of a file */
    size_t bytes;      /* the body's, from the file's beginning on */
};

/* A file's 200 and its 304. */
#define ANSWER_WHOLE                                                                               \
    {                                                                                              \
        "HTTP/1.1 200 OK\r\n", "\r\nContent-Length: 1024\r\n", NULL, SITE_FILE_SIZE                \
    }
#define ANSWER_UNCHANGED                                                                           \
    {                                                                                              \
        "HTTP/1.1 304 Not Modified\r\n", "\r\nETag: \"", NULL, 0                                   \
    }

/* True if `output` holds that answer, once or more often, and nothing else. */
bool answer_is_in(const struct answer *answer, const struct stator_output *output);

#endif
