"""`vicino evaluate tihm`: the learned detector on the recorded homes of TIHM, week by week, never seeing the future."""
