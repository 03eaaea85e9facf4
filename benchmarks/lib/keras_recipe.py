"""The reference recipe in Keras, for a process with TensorFlow of its own.

Reads the table ``sys.argv[1]`` (.npy), the number of clusters ``sys.argv[2]`` and the iterations to time
``sys.argv[3]``; prints the CPU seconds of the parts as JSON. Started by :mod:`fumarole.benchmarks.lib.peers`.
"""

import json
import sys
import time

import numpy as np
import tensorflow as tf
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler
from tensorflow import keras

HIDDEN = (64, 32)
LATENT = 10


class StudentAssignment(keras.layers.Layer):
    """Soft assignment of latent points to trainable centres (Xie et al. 2016, equation 1)."""

    def __init__(self, centres):
        super().__init__()
        self.centres = self.add_weight(
            name="centres", shape=centres.shape, initializer=keras.initializers.Constant(centres)
        )

    def call(self, latent):
        squared = tf.reduce_sum(tf.square(latent[:, None, :] - self.centres), axis=2)
        similarity = 1.0 / (1.0 + squared)
        return similarity / tf.reduce_sum(similarity, axis=1, keepdims=True)


def target_distribution(q):
    weight = q**2 / q.sum(axis=0)
    return weight / weight.sum(axis=1, keepdims=True)


def main():
    table, n_clusters, n_iterations = np.load(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    keras.utils.set_random_seed(0)
    start = time.process_time()
    features = StandardScaler().fit_transform(table)
    features = PCA(min(30, features.shape[1]), random_state=0).fit_transform(features).astype(np.float32)
    inputs = keras.Input((features.shape[1],))
    latent = inputs
    for units in HIDDEN:
        latent = keras.layers.Dense(units, "relu")(latent)
    latent = keras.layers.Dense(LATENT)(latent)
    output = latent
    for units in HIDDEN[::-1]:
        output = keras.layers.Dense(units, "relu")(output)
    output = keras.layers.Dense(features.shape[1])(output)
    encoder = keras.Model(inputs, latent)
    autoencoder = keras.Model(inputs, output)
    autoencoder.compile(keras.optimizers.Adam(1e-3), "mse")
    autoencoder.fit(features, features, batch_size=16, epochs=50, verbose=0)
    centres = KMeans(n_clusters, n_init=20, random_state=0).fit(encoder.predict(features, verbose=0)).cluster_centers_
    model = keras.Model(inputs, [StudentAssignment(centres)(latent), output])
    model.compile(keras.optimizers.Adam(1e-3), ["kld", "mse"])

    def iterate(count):
        for _ in range(count):
            q, _ = model.predict(features, batch_size=len(features), verbose=0)
            model.train_on_batch(features, [target_distribution(q), features])

    iterate(1)  # traces the graph
    before_iterations = time.process_time()
    iterate(n_iterations)
    seconds = {"start": before_iterations - start, "iterations": time.process_time() - before_iterations}
    print(json.dumps({**seconds, "version": tf.__version__}))


if __name__ == "__main__":
    main()
