/*
 * What the processes that write to one log have in common: whose turn it is, what is still to be
 * written of a line, what was lost. It stands in memory that a process shares with its children.
 */
#ifndef STATOR_BASE_LOG_PAGE_H
#define STATOR_BASE_LOG_PAGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

/* The longest rest of a line that is kept; memory that is never touched costs none. */
#define STATOR_LOG_REST_MAX (256u * 1024)

struct stator_log_page {
    atomic_int holder; /* the process whose turn it is, 0 for nobody; guards: */
    atomic_bool torn;  /* there is a rest (may be read by anyone) */
    size_t rest_length;
    char rest[STATOR_LOG_REST_MAX]; /* of the line that went out in part */

    atomic_uint_fast64_t lost;
    atomic_int why_lost;
    atomic_bool told;        /* that lines are lost; until the path is opened again */
    atomic_uint generation;  /* how often the path was opened again, by whomever */
    atomic_bool opened_anew; /* and what was owed before is not owed to the new file */
};

/* All zero. Owns: the caller destroys it. Returns: NULL where memory is out. */
struct stator_log_page *stator_log_page_create(void);

/* NULL is allowed. */
void stator_log_page_destroy(struct stator_log_page *page);

/*
 * Takes the turn; false where another thread, or a process that lives, has it. A turn whose process
 * died is taken over: nobody knows what it left, so what is written next begins a line.
 */
bool stator_log_page_claim(struct stator_log_page *page);
void stator_log_page_release(struct stator_log_page *page);

/* --- the rest of a line, for whose turn it is ------------------------------------------------- */

static inline struct stator_span stator_log_page_rest(const struct stator_log_page *page)
{
    return (struct stator_span){page->rest, page->rest_length};
}

/* Adds to it. False where it would be too long: it is unchanged then. */
bool stator_log_page_keep(struct stator_log_page *page, struct stator_span rest);

/* Leaves of it what `rest`, its end, says. */
void stator_log_page_leave(struct stator_log_page *page, struct stator_span rest);

/* Leaves nothing but the end of the line. */
void stator_log_page_end_line(struct stator_log_page *page);

#endif
