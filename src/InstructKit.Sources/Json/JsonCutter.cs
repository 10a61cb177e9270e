using System.Buffers;

namespace InstructKit.Sources.Json;

/// <summary>Reads a JSON document of any size from front to back. Values that are copied out are only delimited here (their content is checked by the
/// consumer); everything skipped is checked on the way.</summary>
/// <param name="stream">The document.</param>
/// <param name="name">Its name in messages.</param>
/// <param name="spec">The layout's settings.</param>
/// <param name="origin">Where the stream begins in the file's content.</param>
internal sealed class JsonCutter(Stream stream, string name, SourceSpec spec, long origin) : IDisposable
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> InString = SearchValues.Create("\"\\"u8);
    private static readonly SearchValues<byte> ScalarEnds = SearchValues.Create(",:{}[]\" \t\r\n"u8);

    private readonly RowBatch _scratch = new(0, 256);
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
    private int _position;
    private int _end;
    private readonly JsonRules _scalars = new(1, spec.Repairs);
    private long _consumed;
    private long _surplus;
    private long _lineStart;

    /// <summary>One-based line of the next byte.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>Zero-based column of the next byte.</summary>
    public int Column => (int)Math.Min(_consumed - _lineStart, int.MaxValue);

    /// <summary>Zero-based position of the next character on its line, in UTF-16 units, for messages.</summary>
    public int Character { get; private set; }

    /// <summary>Zero-based offset of the next byte in the file.</summary>
    public long Offset => origin + _consumed - _surplus;

    private ReadOnlySpan<byte> Available => _buffer.AsSpan(_position, _end - _position);

    /// <summary>Skips white space and returns the next byte, or -1 at the end of the document.</summary>
    public int Peek()
    {
        while (true)
        {
            var next = Available.IndexOfAnyExcept(" \t\r\n"u8);
            if (next >= 0)
            {
                Take(next);
                return _buffer[_position];
            }

            Take(_end - _position);
            if (!Fill()) return -1;
        }
    }

    /// <summary>Consumes this byte if it is the next one after white space.</summary>
    public bool TryTake(byte expected)
    {
        if (Peek() != expected) return false;

        Take(1);
        return true;
    }

    /// <summary>Consumes what follows a member or element: true for a comma, false for this closing bracket.</summary>
    /// <exception cref="DiagnosticException">It is neither.</exception>
    public bool HasMore(byte close) => TryTake((byte)',') || (TryTake(close) ? false : throw Wrong($"expected ',' or '{(char)close}'"));

    /// <summary>Reads a key and the colon after it, as plain text. The span is valid until the next call.</summary>
    public ReadOnlySpan<byte> Key()
    {
        if (Peek() != '"') throw Wrong("expected a key in quotes");

        var key = JsonText.Plain(_scratch.Buffer.AsSpan(1, Scalar() - 2));
        if (!TryTake((byte)':')) throw Wrong("expected ':' after the key");

        return key;
    }

    /// <summary>Skips a value, checking it.</summary>
    public void SkipValue()
    {
        Stack<byte> open = [];
        do
        {
            var opening = Peek();
            if (opening is '{' or '[')
            {
                if (open.Count >= spec.Limits.MaxJsonDepth)
                {
                    throw SourceError.At(
                        SourceCodes.LimitExceeded, name, Line, Character,
                        string.Create(CultureInfo.InvariantCulture, $"nested deeper than {spec.Limits.MaxJsonDepth} levels (--max-json-depth)"));
                }

                Take(1);
                open.Push((byte)(opening == '{' ? '}' : ']'));
                if (!TryTake(open.Peek()))
                {
                    BeginMember(open.Peek());
                    continue;
                }

                open.Pop();
            }
            else
            {
                Scalar();
            }

            CloseBehindValue(open);
        }
        while (open.Count > 0);
    }

    /// <summary>Appends the bytes of the next value to the batch.</summary>
    public void CopyValue(RowBatch batch)
    {
        var first = Peek();
        var (line, column, start) = (Line, Character, batch.Used);
        if (first is not ('{' or '[' or '"'))
        {
            CopyScalar(batch);
            if (batch.Used == start) throw Wrong("expected a value");

            return;
        }

        var bounds = new Bounds();
        while (true)
        {
            Copy(batch, bounds.Scan(Available), start, line, column);
            if (bounds.IsClosed) return;

            if (!Fill()) throw Unclosed(line, column);
        }
    }

    /// <summary>An error at the next byte.</summary>
    public DiagnosticException Wrong(string message) =>
        SourceError.At(SourceCodes.InvalidJson, name, Line, Character, Available.IsEmpty && !Fill() ? message + ", but the file ends" : message);

    public void Dispose()
    {
        stream.Dispose();
        _scratch.Dispose();
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    private void BeginMember(byte close)
    {
        if (close == '}') Key();
    }

    private void CloseBehindValue(Stack<byte> open)
    {
        while (open.Count > 0)
        {
            if (HasMore(open.Peek()))
            {
                BeginMember(open.Peek());
                return;
            }

            open.Pop();
        }
    }

    // Reads a string, number or literal into the scratch batch and checks it; returns its length.
    private int Scalar()
    {
        var (line, column) = (Line, Character);
        _scratch.Reset();
        CopyValue(_scratch);
        var text = _scratch.Buffer.AsSpan(0, _scratch.Used);
        var scanner = new JsonScanner(text, _scalars);
        var isValid = scanner.Value(out _, out _, out _, out _, 0) && (scanner.AtEnd || scanner.Fail("expected a value"));
        if (!isValid) throw SourceError.At(SourceCodes.InvalidJson, name, line, column + Utf8Check.Units(text[..scanner.Position]), scanner.Error!);

        var bad = spec.Repairs.Repairs(InputRepairs.InvalidUtf8) ? -1 : Utf8Check.FirstBad(text);
        return bad < 0 ? text.Length : throw SourceError.At(SourceCodes.InvalidEncoding, name, line, column + Utf8Check.Units(text[..bad]), Utf8Check.Message(text[bad]));
    }

    private void CopyScalar(RowBatch batch)
    {
        var (line, column, start) = (Line, Character, batch.Used);
        while (true)
        {
            var end = Available.IndexOfAny(ScalarEnds);
            Copy(batch, end < 0 ? _end - _position : end, start, line, column);
            if (end >= 0 || !Fill()) return;
        }
    }

    private DiagnosticException Unclosed(long line, int column) =>
        SourceError.At(SourceCodes.InvalidJson, name, line, column, "the value that begins here is not closed at the end of the file");

    private void Copy(RowBatch batch, int count, int start, long line, int column)
    {
        if ((long)batch.Used - start + count > spec.Limits.MaxLineBytes)
        {
            throw SourceError.At(
                SourceCodes.LimitExceeded, name, line, column,
                string.Create(CultureInfo.InvariantCulture, $"the value that begins here is longer than {spec.Limits.MaxLineBytes} bytes; raise --max-line-bytes if that is right"));
        }

        batch.Append(_buffer.AsSpan(_position, count));
        Take(count);
    }

    private void Take(int count)
    {
        var taken = _buffer.AsSpan(_position, count);
        var lines = taken.Count((byte)'\n');
        if (lines > 0)
        {
            Line += lines;
            var behind = taken.LastIndexOf((byte)'\n') + 1;
            _lineStart = _consumed + behind;
            Character = Utf8Check.Units(taken[behind..]);
        }
        else
        {
            Character += Utf8Check.Units(taken);
        }

        _surplus += spec.Surplus(taken);
        _consumed += count;
        _position += count;
    }

    // Only called when everything was consumed.
    private bool Fill()
    {
        _position = 0;
        _end = stream.Read(_buffer);
        return _end > 0;
    }

    /// <summary>Finds the end of a string, array or object over any number of buffers, using only quotes and brackets.</summary>
    private struct Bounds
    {
        private int _depth;
        private bool _inString;
        private bool _isEscaped;

        public bool IsClosed { get; private set; }

        /// <summary>How many of these bytes belong to the value.</summary>
        public int Scan(ReadOnlySpan<byte> bytes)
        {
            var i = 0;
            while (i < bytes.Length && !IsClosed)
            {
                if (_isEscaped)
                {
                    _isEscaped = false;
                    i++;
                    continue;
                }

                var next = bytes[i..].IndexOfAny(_inString ? InString : Structure);
                if (next < 0) return bytes.Length;

                i += next + 1;
                Take(bytes[i - 1]);
            }

            return i;
        }

        private void Take(byte found)
        {
            switch (found)
            {
                case (byte)'\\': _isEscaped = true; return;
                case (byte)'"':
                    _inString = !_inString;
                    IsClosed = !_inString && _depth == 0;
                    return;
                default:
                    _depth += found is (byte)'{' or (byte)'[' ? 1 : -1;
                    IsClosed = _depth <= 0;
                    return;
            }
        }
    }
}
