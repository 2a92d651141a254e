/* What the page cache holds, by Linux's preadv2(2): a read that fails instead of waiting. */
#include <sys/uio.h>

#include "arch/event/io_helpers.h"

/* Every byte lands in the same page, again and again: it is the answer that is wanted. */
#define PAGE  4096u
#define PAGES (STATOR_IO_JOB_LENGTH_MAX / PAGE)

bool stator_probe_nowait(int file, uint64_t offset, size_t length)
{
    char page[PAGE];
    struct iovec pieces[PAGES];
    size_t count = 0;

    for (size_t left = length; left > 0 && count < PAGES; count++) {
        pieces[count] = (struct iovec){page, left < PAGE ? left : PAGE};
        left -= pieces[count].iov_len;
    }
    return preadv2(file, pieces, (int)count, (off_t)offset, RWF_NOWAIT) == (ssize_t)length;
}
