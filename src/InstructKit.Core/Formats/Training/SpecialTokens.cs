using System.Text.Json;
using InstructKit.Examples;
using InstructKit.Lengths;

namespace InstructKit.Formats.Training;

/// <summary>Tokenises the output of a chat template: its control tokens are the vocabulary's special tokens, as for the trainer; the same characters inside an
/// input or a target stay ordinary text, so that no row can write control tokens.</summary>
/// <param name="tokenizer">The tokenizer of this worker.</param>
internal sealed class SpecialTokens(ITokenizer tokenizer)
{
    // Longest first: of two with a common prefix the longer one matches.
    private readonly (byte[] Text, int Id, TokenStrip Strip)[] _tokens = [.. tokenizer.SpecialTokens.Select(token => (Encoding.UTF8.GetBytes(token.Key), token.Value, tokenizer.StrippingTokens.GetValueOrDefault(token.Key))).Where(token => token.Item1.Length > 0).OrderByDescending(token => token.Item1.Length)];
    private readonly byte[] _firsts = [.. tokenizer.SpecialTokens.Keys.Where(text => text.Length > 0).Select(text => Encoding.UTF8.GetBytes(text)[0]).Distinct()];
    private readonly List<(int Start, int End)> _contents = [];
    private int _taken;

    /// <summary>Determines which parts of a rendered text are contents of rows.</summary>
    /// <param name="example">Its example.</param>
    public void FindContents(ReadOnlySpan<byte> rendered, in Example example)
    {
        _contents.Clear();
        _taken = 0;
        var at = 0;
        if (example.Conversation is { } turns)
        {
            FindInJson(rendered, turns.Tools, ref at);
            for (var i = 0; i < turns.Count; i++)
            {
                Find(rendered, new ExampleText(turns[i].Reasoning, false), ref at);
                Find(rendered, new ExampleText(turns[i].Text, false), ref at);
                FindInJson(rendered, turns[i].Calls, ref at);
                FindInJson(rendered, turns[i].HasMedia ? turns[i].Parts : [], ref at);
            }

            return;
        }

        for (var i = 0; i < ExampleTurns.CountOf(in example); i++) Find(rendered, ExampleTurns.At(in example, i), ref at);
    }

    /// <summary>Appends the ids of a part of the rendered text, after the existing ones; returns their number.</summary>
    /// <param name="start">First byte of the part.</param>
    /// <param name="end">One past its last byte.</param>
    /// <param name="ids">Receives the ids; null to only count.</param>
    public int Encode(ReadOnlySpan<byte> rendered, int start, int end, List<int>? ids)
    {
        var (count, from) = (0, Math.Min(end, Math.Max(start, _taken)));
        for (var at = from; at < end; at++)
        {
            var next = rendered[at..end].IndexOfAny(_firsts);
            if (next < 0) break;

            at += next;
            foreach (var (text, id, strip) in _tokens)
            {
                if (!rendered[at..end].StartsWith(text) || IsContent(at, at + text.Length)) continue;

                // As in added_vocabulary.rs of huggingface/tokenizers, such tokens include all adjacent white space.
                var before = rendered[from..at];
                count += Ordinary(strip.HasFlag(TokenStrip.Left) ? before[..^SpacesAtEnd(before)] : before, ids) + 1;
                ids?.Add(id);
                _taken = at + text.Length;
                if (strip.HasFlag(TokenStrip.Right)) _taken += SpacesAtStart(rendered[_taken..]);
                from = Math.Min(end, _taken);
                at = from - 1;
                break;
            }
        }

        return count + Ordinary(rendered[from..end], ids);
    }

    private static int SpacesAtStart(ReadOnlySpan<byte> text)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(text[at..], out var rune, out var length) == System.Buffers.OperationStatus.Done && Rune.IsWhiteSpace(rune)) at += length;
        return at;
    }

    private static int SpacesAtEnd(ReadOnlySpan<byte> text)
    {
        var at = text.Length;
        while (Rune.DecodeLastFromUtf8(text[..at], out var rune, out var length) == System.Buffers.OperationStatus.Done && Rune.IsWhiteSpace(rune)) at -= length;
        return text.Length - at;
    }

    private bool IsContent(int start, int end) => _contents.Exists(content => content.Start < end && start < content.End);

    private int Ordinary(ReadOnlySpan<byte> text, List<int>? ids)
    {
        if (text.IsEmpty) return 0;
        if (ids is null) return tokenizer.Count(text);

        var before = ids.Count;
        tokenizer.Encode(text, ids);
        return ids.Count - before;
    }

    // Templates usually print a content unchanged or trimmed. Only one that contains a special token's text must be found.
    private void Find(ReadOnlySpan<byte> rendered, ExampleText content, ref int at)
    {
        var plain = content.IsEscaped ? InstructKit.Text.JsonEscapes.Unescape(content.Bytes) : content.Bytes;
        if (!HasSpecial(plain)) return;

        Note(rendered, plain.Trim(" \t\r\n"u8), ref at);
    }

    // Templates print calls, tools and parts as JSON or take their texts out of it.
    private void FindInJson(ReadOnlySpan<byte> rendered, ReadOnlySpan<byte> json, ref int at)
    {
        if (json.IsEmpty) return;

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1000 });
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName)) continue;

            var text = reader.ValueIsEscaped ? InstructKit.Text.JsonEscapes.Unescape(reader.ValueSpan) : reader.ValueSpan;
            if (HasSpecial(text) && !Note(rendered, reader.ValueSpan, ref at)) Note(rendered, text, ref at);
        }
    }

    // In order, or otherwise anywhere: a text not found here would become a control token.
    private bool Note(ReadOnlySpan<byte> rendered, ReadOnlySpan<byte> text, ref int at)
    {
        if (rendered[at..].IndexOf(text) is >= 0 and var place)
        {
            _contents.Add((at + place, at + place + text.Length));
            at += place + text.Length;
            return true;
        }

        if (rendered.IndexOf(text) is not (>= 0 and var earlier)) return false;

        _contents.Add((earlier, earlier + text.Length));
        return true;
    }

    private bool HasSpecial(ReadOnlySpan<byte> text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            var next = text[at..].IndexOfAny(_firsts);
            if (next < 0) return false;

            at += next;
            foreach (var (token, _, _) in _tokens)
            {
                if (text[at..].StartsWith(token)) return true;
            }
        }

        return false;
    }
}
