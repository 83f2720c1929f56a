def write(doc, results):
    pass
