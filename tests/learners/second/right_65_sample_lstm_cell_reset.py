# exercise: CaptioningRNN.sample with lstm
# expect: passed
import numpy as np
from cs231n_lib.layers import lstm_step_forward
from cs231n_lib.nets import captioning


class CaptioningRNN(captioning.CaptioningRNN):

    def sample(self, features, max_length=30):
        prm = self.params
        h = np.dot(features, prm['W_proj']) + prm['b_proj']
        c = np.zeros(h.shape)
        current = np.array([self.word_to_idx['<START>']] * features.shape[0])
        columns = []
        while len(columns) < max_length:
            emb = prm['W_embed'][current]
            h, c, _ = lstm_step_forward(emb, h, c, prm['Wx'], prm['Wh'], prm['b'])
            logits = np.dot(h, prm['W_vocab']) + prm['b_vocab']
            current = np.argmax(logits, axis=1)
            columns.append(current)
        return np.stack(columns, axis=1)
