"""The stages of a rule, one a file, in the order in which money passes through them.

reserve (fund − reservations − earmarks), take_part (who shares in a pool), divide (the pools' money), score
(weighted shares, points or amounts, times the coefficients), phase (last year's part), bounds and groups
(what limits come to), feasible (whether all can hold), limit (floors and caps), round (whole units), adjust.
Each is a pure function from what stands before it to what stands after; `core.engine.allocate` calls them.
"""
