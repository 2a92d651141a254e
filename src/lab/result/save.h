/* Files that are there whole, or as they were before. */
#ifndef STATOR_LAB_RESULT_SAVE_H
#define STATOR_LAB_RESULT_SAVE_H

#include "base/text.h"

/*
 * Writes the text into the file at `path`, in place of one that is there. Fails: -errno (-ENOSPC,
 * -EACCES, -ENOMEM where the text failed), and what was there before still is.
 */
int stator_save_text(const char *path, const struct stator_text *text);

#endif
