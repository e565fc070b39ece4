# exercise: CaptioningRNN.loss
# wrong: the mask of the words that count is made of the input words instead of the words to be guessed
# expect: wrong
# names: mask|captions?_in|captions?_out|<?NULL|padding|input words|target|next word
# line: 18
import numpy as np
from cs231n_lib.layers import (affine_forward, affine_backward, word_embedding_forward, word_embedding_backward,
                               rnn_forward, rnn_backward, temporal_affine_forward, temporal_affine_backward,
                               temporal_softmax_loss)
from cs231n_lib.nets.captioning import CaptioningRNN as Base


class CaptioningRNN(Base):
    def loss(self, features, captions):
        g = {}
        P = self.params
        given, wanted = captions[:, :-1], captions[:, 1:]
        counts = (given != self.word_to_idx['<NULL>'])

        start, c_start = affine_forward(features, P['W_proj'], P['b_proj'])
        vecs, c_vecs = word_embedding_forward(given, P['W_embed'])
        states, c_states = rnn_forward(vecs, start, P['Wx'], P['Wh'], P['b'])
        logits, c_logits = temporal_affine_forward(states, P['W_vocab'], P['b_vocab'])
        loss, d = temporal_softmax_loss(logits, wanted, counts)

        d, g['W_vocab'], g['b_vocab'] = temporal_affine_backward(d, c_logits)
        d, d_start, g['Wx'], g['Wh'], g['b'] = rnn_backward(d, c_states)
        g['W_embed'] = word_embedding_backward(d, c_vecs)
        _, g['W_proj'], g['b_proj'] = affine_backward(d_start, c_start)
        return loss, g
