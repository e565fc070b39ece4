# exercise: rnn_step_backward
# wrong: the slope of tanh is 1 - h instead of 1 - h squared
# expect: failed
# names: factor|square|\*\*|slope
# line: 9

def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    slope = 1 - next_h
    before = dnext_h * slope
    db = before.sum(axis=0)
    dWx = x.T.dot(before)
    dWh = prev_h.T.dot(before)
    return before.dot(Wx.T), before.dot(Wh.T), dWx, dWh, db
