"""Settings by surroundings: `dev`, `test` and `production`, each on top of `base`.

The environment is read in `environment.py` alone; everything else asks Django's settings.
"""
