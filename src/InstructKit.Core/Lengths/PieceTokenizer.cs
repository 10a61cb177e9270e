namespace InstructKit.Lengths;

/// <summary>A tokenizer that cuts text into pieces and encodes each by itself; cutting at a number of tokens is the same for all of them.</summary>
internal abstract class PieceTokenizer(string name) : ITokenizer
{
    // How many pieces before the last one of a prefix can differ from those of the whole text: a cut inside white space joins it with the piece before.
    private const int Unsettled = 2;

    // From this length on a piece is not tried at every character.
    private const int LongPiece = 512;

    private readonly List<int> _scratch = [];

    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public bool IsApproximate => false;

    /// <summary>Length in bytes of the longest token.</summary>
    protected abstract int MaxTokenLength { get; }

    /// <inheritdoc/>
    public int Count(ReadOnlySpan<byte> text) => Run(Normalized(text), null);

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<byte> text, List<int> ids) => Run(Normalized(text), ids);

    /// <inheritdoc/>
    public int Cut(ReadOnlySpan<byte> text, int maxTokens)
    {
        Normalized(text);
        if (maxTokens <= 0) return 0;

        // Where pieces begin, with the tokens before them, as far as a prefix within the budget can reach.
        List<(int Start, int Tokens)> pieces = [];
        var (position, tokens, beyond) = (0, 0, 0);
        while (position < text.Length && beyond <= Unsettled + 1)
        {
            pieces.Add((position, tokens));
            var end = NextPiece(text, position);
            if (tokens <= maxTokens) tokens += EncodePiece(text, position, end, null);

            if (tokens > maxTokens) beyond++;

            position = end;
        }

        if (beyond == 0) return text.Length;

        pieces.Add((position, tokens));
        for (var i = pieces.Count - 2; i >= 0; i--)
        {
            var restart = pieces[Math.Max(0, i - Unsettled)];
            if (restart.Tokens > maxTokens) continue;

            if (CutInside(text, restart, pieces[i].Start, pieces[i + 1].Start, maxTokens) is > 0 and var cut) return cut;
        }

        return 0;
    }

    /// <inheritdoc/>
    public abstract ITokenizer Fork();

    /// <summary>Where the piece that begins at <paramref name="start"/> ends.</summary>
    protected abstract int NextPiece(ReadOnlySpan<byte> text, int start);

    /// <summary>Encodes one piece: returns the number of its tokens, and appends their ids when there is a list.</summary>
    protected abstract int EncodePiece(ReadOnlySpan<byte> text, int start, int end, List<int>? ids);

    /// <summary>Refuses a text that would have to be normalised and cannot be.</summary>
    protected virtual ReadOnlySpan<byte> Normalized(ReadOnlySpan<byte> text) => text;

    /// <summary>Encodes all pieces.</summary>
    protected virtual int Run(ReadOnlySpan<byte> text, List<int>? ids)
    {
        var count = 0;
        for (var position = 0; position < text.Length;)
        {
            var end = NextPiece(text, position);
            count += EncodePiece(text, position, end, ids);
            position = end;
        }

        return count;
    }

    // The longest prefix that ends inside (start, end] and fits; 0 when none does.
    private int CutInside(ReadOnlySpan<byte> text, (int Start, int Tokens) restart, int start, int end, int maxTokens)
    {
        var (last, first) = (end, start);
        if (end - start > LongPiece) (first, last) = Window(text, start, end, maxTokens - restart.Tokens - Run(text[restart.Start..start], null));

        for (var cut = last; cut > first; cut--)
        {
            var isBorder = cut == text.Length || (text[cut] & 0xC0) != 0x80;
            if (isBorder && restart.Tokens + Run(text[restart.Start..cut], null) <= maxTokens) return cut;
        }

        // Below the window every shorter prefix of a long piece fits sooner or later.
        for (var cut = first; end - start > LongPiece && cut > start; cut--)
        {
            var isBorder = cut == text.Length || (text[cut] & 0xC0) != 0x80;
            if (isBorder && restart.Tokens + Run(text[restart.Start..cut], null) <= maxTokens) return cut;
        }

        return 0;
    }

    // Of a long piece only the neighbourhood of the last token within the budget can hold the longest prefix: a prefix has at most one token more than one
    // that is a token shorter, so where a few token lengths in a row are over the budget, all that is longer is over it.
    private (int First, int Last) Window(ReadOnlySpan<byte> text, int start, int end, int budget)
    {
        var reach = (int)Math.Min(end, start + ((long)Math.Max(0, budget) + 1) * MaxTokenLength);
        _scratch.Clear();
        EncodePiece(text, start, reach, _scratch);
        var at = start;
        foreach (var id in _scratch.Take(Math.Max(0, budget))) at += LengthOf(id);

        return (Math.Max(start, at - MaxTokenLength), Math.Min(end, at + (4 * MaxTokenLength)));
    }

    /// <summary>The number of bytes that a token stands for.</summary>
    protected abstract int LengthOf(int id);
}
