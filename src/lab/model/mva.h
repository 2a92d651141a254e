/* The exact solution of a closed network with exponential service times: mean value analysis. */
#ifndef STATOR_LAB_MODEL_MVA_H
#define STATOR_LAB_MODEL_MVA_H

#include "lab/model/network.h"

/*
 * Fills rows[0] to rows[population - 1] for 1 to `population` requests. Delays and stations with
 * one or several servers; service is first come, first served (or shared) and exponential. Takes
 * time by population^2 for each station with several servers, else by population. Fails: -EINVAL
 * for no requests or a network that is not valid, -ENOMEM; `rows` are then not to be used.
 */
int stator_mva_solve(const struct stator_network *network, unsigned population,
                     struct stator_network_figures *rows);

#endif
