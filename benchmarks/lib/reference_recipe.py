"""The reference recipe for one network, literally, in torch.

StandardScaler, PCA to at most 30, encoder 64-32-10 and its mirror image (ReLU, linear latent), 50 epochs of batches
of 16 with Adam 1e-3, k-means with 20 starts, then 5000 iterations on all rows of KL(P || Q) plus mean squared
error, P recomputed every time (after Xie et al. 2016). Nothing is stopped early or shared with the plugin.
"""

import torch
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

EPOCHS = 50
BATCH_SIZE = 16
ITERATIONS = 5000
LATENT = 10


def reference_recipe(table, n_clusters, seed):
    """Return the labels ``(n_samples,)`` of one run on a raw table ``(n_samples, n_features)``."""
    scaled = StandardScaler().fit_transform(table)
    components = PCA(min(30, scaled.shape[1]), random_state=seed).fit_transform(scaled)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        features = torch.as_tensor(components, dtype=torch.float32)
        encoder, decoder = _dense(features.shape[1], 64, 32, LATENT), _dense(LATENT, 32, 64, features.shape[1])
        _pretrain(features, encoder, decoder)
        return _refine(features, encoder, decoder, n_clusters, seed)


def _pretrain(features, encoder, decoder):
    optimiser = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-3)
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(features)).split(BATCH_SIZE):
            optimiser.zero_grad()
            torch.nn.functional.mse_loss(decoder(encoder(features[rows])), features[rows]).backward()
            optimiser.step()


def _refine(features, encoder, decoder, n_clusters, seed):
    latent = encoder(features).detach().numpy()
    start = KMeans(n_clusters, n_init=20, random_state=seed).fit(latent).cluster_centers_
    centres = torch.tensor(start, dtype=torch.float32, requires_grad=True)
    optimiser = torch.optim.Adam([*encoder.parameters(), *decoder.parameters(), centres], lr=1e-3)
    for _ in range(ITERATIONS):
        with torch.no_grad():
            target = _target(_soft_assignment(encoder(features), centres))
        optimiser.zero_grad()
        points = encoder(features)
        q = _soft_assignment(points, centres)
        divergence = torch.nn.functional.kl_div(q.log(), target, reduction="batchmean")
        (divergence + torch.nn.functional.mse_loss(decoder(points), features)).backward()
        optimiser.step()
    with torch.no_grad():
        return _soft_assignment(encoder(features), centres).argmax(dim=1).numpy()


def _dense(*sizes):
    layers = []
    for n_in, n_out in zip(sizes[:-1], sizes[1:]):
        layers += [torch.nn.Linear(n_in, n_out), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


def _soft_assignment(points, centres):
    similarity = 1.0 / (1.0 + torch.cdist(points, centres).square())
    return similarity / similarity.sum(dim=1, keepdim=True)


def _target(q):
    weight = q.square() / q.sum(dim=0)
    return weight / weight.sum(dim=1, keepdim=True)
