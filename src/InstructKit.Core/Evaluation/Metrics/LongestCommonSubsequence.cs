using System.Numerics;

namespace InstructKit.Evaluation.Metrics;

/// <summary>Longest common subsequences of token lists by bit-parallel rows (Hyyrö 2004): one bit for each column, set where the length does not grow.
/// Sixty-four cells cost a few instructions; the trace keeps only √n rows in memory.</summary>
/// <param name="maxWords">Rows are kept whole up to this many 64-bit words (8 MiB); larger tables are recomputed from every √n-th row.</param>
internal sealed class LongestCommonSubsequence(long maxWords = 1 << 20)
{
    private readonly GrowableBuffer<int> _first = new();
    private readonly GrowableBuffer<int> _next = new();
    private readonly GrowableBuffer<ulong> _matches = new();
    private readonly GrowableBuffer<ulong> _rows = new();
    private readonly GrowableBuffer<ulong> _checkpoints = new();

    /// <summary>Length of the longest common subsequence.</summary>
    /// <param name="rows">Tokens, numbered below <paramref name="tokenCount"/>.</param>
    /// <param name="columns">Tokens, likewise.</param>
    /// <param name="tokenCount">Number of distinct tokens.</param>
    public int Length(ReadOnlySpan<int> rows, ReadOnlySpan<int> columns, int tokenCount)
    {
        if (rows.IsEmpty || columns.IsEmpty) return 0;
        var words = Index(columns, tokenCount);
        _rows.Clear();
        var row = _rows.Resize(words);
        row.Fill(ulong.MaxValue);
        foreach (var token in rows) Step(row, row, token);
        Forget(columns);
        return Zeros(row, columns.Length);
    }

    /// <summary>Marks the rows of one longest common subsequence: the one found by rouge_score's back-trace, which goes left only where the cell to the left
    /// is greater than the cell above.</summary>
    public void Mark(ReadOnlySpan<int> rows, ReadOnlySpan<int> columns, int tokenCount, Span<bool> marks)
    {
        if (rows.IsEmpty || columns.IsEmpty) return;
        var words = Index(columns, tokenCount);
        var block = (long)rows.Length * words <= maxWords ? rows.Length : (int)Math.Ceiling(Math.Sqrt(rows.Length));
        _rows.Resize((block + 1) * words);
        _checkpoints.Resize((rows.Length + block - 1) / block * words);

        // The first pass leaves the last block in place and the row before every block in the checkpoints.
        var table = _rows.Items;
        table[..words].Fill(ulong.MaxValue);
        for (var i = 0; i < rows.Length; i++)
        {
            var at = i % block;
            if (at == 0)
            {
                if (i > 0) table.Slice(block * words, words).CopyTo(table);
                table[..words].CopyTo(_checkpoints.Items[(i / block * words)..]);
            }

            Step(table.Slice(at * words, words), table.Slice((at + 1) * words, words), rows[i]);
        }

        Trace(rows, columns, words, block, marks);
        Forget(columns);
    }

    private void Trace(ReadOnlySpan<int> rows, ReadOnlySpan<int> columns, int words, int block, Span<bool> marks)
    {
        var table = _rows.Items;
        var (i, j, start) = (rows.Length, columns.Length, (rows.Length - 1) / block * block);
        var length = Zeros(table.Slice((i - start) * words, words), j);
        var above = -1;
        while (i > 0 && j > 0 && length > 0)
        {
            if (i == start)
            {
                start -= block;
                _checkpoints.Items.Slice(start / block * words, words).CopyTo(table);
                for (var k = 0; k < block; k++) Step(table.Slice(k * words, words), table.Slice((k + 1) * words, words), rows[start + k]);
            }

            var row = table.Slice((i - start) * words, words);
            var previous = table.Slice((i - 1 - start) * words, words);
            if (rows[i - 1] == columns[j - 1])
            {
                marks[--i] = true;
                j--;
                length--;
                above = -1;
            }
            else if (Grows(row, j - 1))
            {
                i--;
                above = -1;
            }
            else
            {
                if (above < 0) above = Zeros(previous, j);
                if (above < length)
                {
                    if (Grows(previous, --j)) above--;
                }
                else
                {
                    i--;
                    above = -1;
                }
            }
        }
    }

    /// <summary>Computes one row of the table from the previous one; both may be the same memory.</summary>
    private void Step(ReadOnlySpan<ulong> before, Span<ulong> after, int token)
    {
        var matches = _matches.Items;
        for (var at = _first[token]; at != 0; at = _next[at - 1]) matches[(at - 1) >> 6] |= 1UL << (at - 1);
        var carry = 0UL;
        for (var w = 0; w < before.Length; w++)
        {
            var row = before[w];
            var hit = row & matches[w];
            var sum = row + hit;
            var overflow = sum < row ? 1UL : 0;
            sum += carry;
            carry = overflow | (sum < carry ? 1UL : 0);
            after[w] = sum | (row & ~hit);
        }

        for (var at = _first[token]; at != 0; at = _next[at - 1]) matches[(at - 1) >> 6] = 0;
    }

    /// <summary>Lists the columns of each token.</summary>
    private int Index(ReadOnlySpan<int> columns, int tokenCount)
    {
        if (_first.Count < tokenCount) _first.Resize(tokenCount);
        var next = _next.Resize(columns.Length);
        for (var j = columns.Length - 1; j >= 0; j--)
        {
            next[j] = _first[columns[j]];
            _first[columns[j]] = j + 1;
        }

        var words = (columns.Length + 63) >> 6;
        _matches.Clear();
        _matches.Resize(words);
        return words;
    }

    private void Forget(ReadOnlySpan<int> columns)
    {
        foreach (var token in columns) _first[token] = 0;
    }

    private static bool Grows(ReadOnlySpan<ulong> row, int column) => (row[column >> 6] >> column & 1) == 0;

    private static int Zeros(ReadOnlySpan<ulong> row, int columns)
    {
        var ones = 0;
        var whole = columns >> 6;
        for (var w = 0; w < whole; w++) ones += BitOperations.PopCount(row[w]);
        var rest = columns & 63;
        if (rest > 0) ones += BitOperations.PopCount(row[whole] & ((1UL << rest) - 1));
        return columns - ones;
    }
}
