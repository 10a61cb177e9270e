namespace InstructKit.Parquet.Encodings;

/// <summary>Decodes the values of one page, a batch at a time, so that a page that expands without bound takes no memory.</summary>
internal abstract class ValueDecoder
{
    /// <summary>Puts at least one and at most <paramref name="count"/> of the next values at the start of the batch; returns how many.</summary>
    public abstract int Read(ValueBatch batch, int count);

    private protected static ParquetException TooFew() => ParquetException.Corrupt("a page holds fewer values than its header says");
}
