/*
 * The memory of a log that processes share.
 *
 * Knows whose turn it is and that its holder may die; refuses to know what is written. The one
 * surprising thing: the lock is the holder's number, so that whoever finds it taken can ask the
 * system whether there still is such a process; nobody waits, so nothing else is needed.
 */
#include "base/log_page.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/shared.h"

struct stator_log_page *stator_log_page_create(void)
{
    return stator_shared_create(sizeof(struct stator_log_page));
}

void stator_log_page_destroy(struct stator_log_page *page)
{
    stator_shared_destroy(page, sizeof(*page));
}

static bool is_gone(int holder)
{
    int before = errno;
    bool gone = kill(holder, 0) != 0 && errno == ESRCH;
    errno = before;
    return gone;
}

bool stator_log_page_claim(struct stator_log_page *page)
{
    int holder = 0, mine = (int)getpid();
    if (atomic_compare_exchange_strong_explicit(&page->holder, &holder, mine, memory_order_acquire,
                                                memory_order_relaxed)) {
        return true;
    }
    if (holder == mine || !is_gone(holder) ||
        !atomic_compare_exchange_strong(&page->holder, &holder, mine)) {
        return false;
    }
    stator_log_page_end_line(page);
    return true;
}

void stator_log_page_release(struct stator_log_page *page)
{
    atomic_store(&page->torn, page->rest_length > 0);
    atomic_store_explicit(&page->holder, 0, memory_order_release);
}

bool stator_log_page_keep(struct stator_log_page *page, struct stator_span rest)
{
    if (rest.length > sizeof(page->rest) - page->rest_length) {
        return false;
    }
    memcpy(page->rest + page->rest_length, rest.at, rest.length);
    page->rest_length += rest.length;
    return true;
}

void stator_log_page_leave(struct stator_log_page *page, struct stator_span rest)
{
    memmove(page->rest, rest.at, rest.length);
    page->rest_length = rest.length;
}

void stator_log_page_end_line(struct stator_log_page *page)
{
    page->rest[0] = '\n';
    page->rest_length = 1;
}
