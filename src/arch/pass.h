/*
 * Connections that the parent accepts and passes to a child that has nothing to do.
 *
 * A descriptor goes over the child's line (SCM_RIGHTS). The parent keeps its own copy until the
 * child says that it has it, so one that was on its way to a child that died goes to another.
 */
#ifndef STATOR_ARCH_PASS_H
#define STATOR_ARCH_PASS_H

#include "arch/queue.h"
#include "arch/spawn.h"

struct stator_pass_place;

/* The parent's side. */
struct stator_pass {
    struct stator_spawn *spawn;
    struct stator_pass_place *places; /* owned; one a child */
    struct stator_accepted *waiting;  /* owned; whose child died: there is none who has them */
    size_t waiting_count;
    size_t idle;  /* children that wait for a connection */
    size_t known; /* connections that no child has confirmed, those of `waiting` too */
};

/* Fails: -ENOMEM; stator_pass_finish is allowed then too, and on a zeroed one. */
int stator_pass_init(struct stator_pass *pass, struct stator_spawn *spawn);

/* Ends, with a reset, what no child has. */
void stator_pass_finish(struct stator_pass *pass);

/* True where a connection that is accepted now would be passed on at once. */
bool stator_pass_has_idle(const struct stator_pass *pass);

/* True while a connection is on its way. */
bool stator_pass_is_under_way(const struct stator_pass *pass);

/* Passes it on, now or as soon as somebody is idle. Owns: takes the connection over. */
void stator_pass_hand(struct stator_pass *pass, const struct stator_accepted *accepted);

/* The child of that index said something, or has died. */
void stator_pass_hear(struct stator_pass *pass, size_t index, char word);
void stator_pass_bury(struct stator_pass *pass, size_t index);

/* --- the child's side, over its line ------------------------------------------------------------
 */

/* Says that this child has nothing to do: once, before each connection. */
void stator_pass_ask(int line);

/*
 * Takes a connection and says so; waits at most `ms` for it, -1 for ever. Owns: the caller's.
 * Fails: -EAGAIN, none came; -EMFILE, none can be taken now (the parent still has it: pause and
 * ask again); -EPIPE, none will come any more; `out` untouched.
 */
int stator_pass_take(int line, int ms, struct stator_accepted *out);

#endif
