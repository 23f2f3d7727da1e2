"""Get what a fresh machine needs to run, show and test the addon, with the standard library only.

Other packages are used only by ``camera`` and by the scripts for Odoo's shell, in the virtual environment.
"""
