/* How far it is, for a person who waits: one line on standard error, or none where nobody looks. */
#ifndef STATOR_LAB_COMMAND_PROGRESS_H
#define STATOR_LAB_COMMAND_PROGRESS_H

#include "lab/run/campaign.h"

/* Writes the line anew; where standard error is no terminal, a line for every tenth part. */
void stator_progress_show(const struct stator_campaign_progress *progress);

/* Takes the line away. */
void stator_progress_clear(void);

#endif
