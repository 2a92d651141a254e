/*
 * The progress line.
 */
#include "lab/command/progress.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BAR 20

static size_t last_tenth;

static unsigned columns(void)
{
    struct winsize size;

    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

static void draw(const struct stator_campaign_progress *progress)
{
    size_t full = progress->all > 0 ? progress->done * BAR / progress->all : 0;
    unsigned left = (unsigned)(progress->left + 0.5);
    char bar[BAR + 1], line[256];

    memset(bar, '.', BAR);
    memset(bar, '#', full < BAR ? full : BAR);
    bar[BAR] = '\0';
    snprintf(line, sizeof(line), "[%s] %zu/%zu, %u:%02u left  %s: %s, %s", bar, progress->done,
             progress->all, left / 60, left % 60, progress->workload, progress->label,
             progress->arch);
    fprintf(stderr, "\r\033[K%.*s", (int)columns() - 1, line);
    fflush(stderr);
}

void stator_progress_show(const struct stator_campaign_progress *progress)
{
    size_t tenth = progress->all > 0 ? progress->done * 10 / progress->all : 0;

    if (isatty(STDERR_FILENO)) {
        draw(progress);
    } else if (tenth > last_tenth) {
        last_tenth = tenth;
        fprintf(stderr, "%zu of %zu trials, %.0f s left\n", progress->done, progress->all,
                progress->left);
    }
}

void stator_progress_clear(void)
{
    if (isatty(STDERR_FILENO)) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
}
