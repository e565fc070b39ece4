# ruff: noqa
# mypy: ignore-errors


class FullyConnectedNet(object):
    """Any number of affine layers with ReLU, and batch or layer normalisation and dropout where asked for."""

    def __init__(
        self,
        hidden_dims,
        input_dim=3 * 32 * 32,
        num_classes=10,
        dropout_keep_ratio=1,
        normalization=None,
        reg=0.0,
        weight_scale=1e-2,
        dtype=np.float32,
        seed=None,
    ):
        self.normalization = normalization
        self.use_dropout = dropout_keep_ratio != 1
        self.reg = reg
        self.num_layers = 1 + len(hidden_dims)
        self.dtype = dtype
        self.params = {}

        # GAP: the parameters of all layers: W1, b1, ..., and gamma1, beta1, ... with a normalisation
        pass
        # END

        # one dictionary for all dropout layers
        self.dropout_param = {}
        if self.use_dropout:
            self.dropout_param = {"mode": "train", "p": dropout_keep_ratio}
            if seed is not None:
                self.dropout_param["seed"] = seed

        # one dictionary for each normalisation
        self.bn_params = []
        if self.normalization == "batchnorm":
            self.bn_params = [{"mode": "train"} for i in range(self.num_layers - 1)]
        if self.normalization == "layernorm":
            self.bn_params = [{} for i in range(self.num_layers - 1)]

        for k, v in self.params.items():
            self.params[k] = v.astype(dtype)

    def loss(self, X, y=None):
        """Give the scores, or with labels the loss and the gradients."""
        X = X.astype(self.dtype)
        mode = "test" if y is None else "train"

        # norms and dropout behave otherwise in test mode
        if self.use_dropout:
            self.dropout_param["mode"] = mode
        if self.normalization == "batchnorm":
            for bn_param in self.bn_params:
                bn_param["mode"] = mode
        scores = None
        # GAP: the forward pass, up to the scores
        pass
        # END

        if mode == "test":
            return scores

        loss, grads = 0.0, {}
        # GAP: the loss with its penalty of 0.5 * reg, and all gradients
        pass
        # END

        return loss, grads
