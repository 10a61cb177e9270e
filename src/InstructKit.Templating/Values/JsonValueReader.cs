using System.Runtime.CompilerServices;

namespace InstructKit.Templating.Values;

/// <summary>Reads JSON into values. Texts without escapes are slices of the buffer. NaN and the infinities are read as Python's json does.</summary>
internal ref struct JsonValueReader(byte[] buffer, int offset, int length, int valuesLeft)
{
    private const int MaxDepth = 2000;

    private readonly int _end = offset + length;
    private int _at = offset;
    private int _depth;
    private int _valuesLeft = valuesLeft;

    /// <summary>Reads exactly one value.</summary>
    public static Value Read(byte[] buffer, int offset, int length)
    {
        var values = RenderLimits.CellValues;
        return Read(buffer, offset, length, ref values);
    }

    /// <summary>Reads exactly one value, counting everything in it against the remaining values.</summary>
    public static Value Read(byte[] buffer, int offset, int length, ref int valuesLeft)
    {
        var reader = new JsonValueReader(buffer, offset, length, valuesLeft);
        reader.SkipSpace();
        var value = reader.ReadValue();
        reader.SkipSpace();
        valuesLeft = reader._valuesLeft;
        return reader._at == reader._end ? value : throw reader.Unexpected("the end");
    }

    /// <summary>As <see cref="Read(byte[], int, int)"/>, failing with a diagnostic.</summary>
    public static Value ReadPublic(byte[] buffer, int offset, int length)
    {
        try
        {
            return Read(buffer, offset, length);
        }
        catch (TemplateError error)
        {
            throw new DiagnosticException(new Diagnostic(error.Code, Severity.Error, error.Message), error);
        }
    }

    private Value ReadValue()
    {
        if (_at >= _end) throw Unexpected("a value");
        if (--_valuesLeft < 0) throw TemplateError.Value($"the row's JSON holds more than {RenderLimits.CellValues} values (limit: cell values)");
        switch (buffer[_at])
        {
            case (byte)'{': return ReadObject();
            case (byte)'[': return ReadArray();
            case (byte)'"': return ReadString();
            case (byte)'t': return ReadWord("true"u8, Value.True);
            case (byte)'f': return ReadWord("false"u8, Value.False);
            case (byte)'n': return ReadWord("null"u8, Value.None);
            case (byte)'N': return ReadWord("NaN"u8, Value.From(double.NaN));
            case (byte)'I': return ReadWord("Infinity"u8, Value.From(double.PositiveInfinity));
            case (byte)'-' when _at + 1 < _end && buffer[_at + 1] == 'I': return ReadWord("-Infinity"u8, Value.From(double.NegativeInfinity));
            default: return ReadNumber();
        }
    }

    private Value ReadObject()
    {
        Enter();
        var map = new ValueMap { IsOfRow = true };
        if (!TryEmpty((byte)'}'))
        {
            do
            {
                SkipSpace();
                if (_at >= _end || buffer[_at] != '"') throw Unexpected("a key");
                var key = ReadString();
                SkipSpace();
                Expect((byte)':');
                SkipSpace();
                map.Set(key, ReadValue());
                SkipSpace();
            }
            while (More((byte)'}'));
        }

        _depth--;
        return Value.From(map);
    }

    private Value ReadArray()
    {
        Enter();
        var list = new ValueList { IsOfRow = true };
        if (!TryEmpty((byte)']'))
        {
            do
            {
                SkipSpace();
                list.Add(ReadValue());
                SkipSpace();
            }
            while (More((byte)']'));
        }

        _depth--;
        return Value.From(list);
    }

    private Value ReadString()
    {
        var start = ++_at;
        var plain = buffer.AsSpan(_at, _end - _at).IndexOfAny((byte)'"', (byte)'\\');
        if (plain >= 0 && buffer[_at + plain] == '"')
        {
            _at += plain + 1;
            return Value.FromSlice(buffer, start, plain);
        }

        while (true)
        {
            var found = buffer.AsSpan(_at, _end - _at).IndexOfAny((byte)'"', (byte)'\\');
            if (found < 0) throw Unexpected("the end of a string");
            _at += found;
            if (buffer[_at] == '"') break;
            _at = Math.Min(_end, _at + 2);
        }

        return CellReader.ReadEscaped(buffer, start, _at++ - start);
    }

    private Value ReadWord(ReadOnlySpan<byte> word, Value value)
    {
        if (!buffer.AsSpan(_at, _end - _at).StartsWith(word)) throw Unexpected("a value");
        _at += word.Length;
        return value;
    }

    private Value ReadNumber()
    {
        var start = _at;
        var isFloat = false;
        while (_at < _end && buffer[_at] is >= (byte)'0' and <= (byte)'9' or (byte)'-' or (byte)'+' or (byte)'.' or (byte)'e' or (byte)'E')
        {
            isFloat |= buffer[_at] is (byte)'.' or (byte)'e' or (byte)'E';
            _at++;
        }

        var digits = buffer.AsSpan(start, _at - start);
        if (digits.IsEmpty || !digits.ContainsAnyInRange((byte)'0', (byte)'9')) throw Unexpected("a value");
        try
        {
            return isFloat ? CellReader.ReadFloat(digits) : CellReader.ReadInteger(digits);
        }
        catch (FormatException)
        {
            throw Unexpected("a number");
        }
    }

    private void Enter()
    {
        _at++;
        if (++_depth > MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw TemplateError.PrintDepth();
    }

    private bool TryEmpty(byte close)
    {
        SkipSpace();
        if (_at >= _end || buffer[_at] != close) return false;
        _at++;
        return true;
    }

    private bool More(byte close)
    {
        if (_at < _end && buffer[_at] == ',')
        {
            _at++;
            return true;
        }

        Expect(close);
        return false;
    }

    private void Expect(byte unit)
    {
        if (_at >= _end || buffer[_at] != unit) throw Unexpected($"'{(char)unit}'");
        _at++;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SkipSpace()
    {
        if (_at < _end && buffer[_at] <= ' ') SkipSpaceSlow();
    }

    private void SkipSpaceSlow()
    {
        while (_at < _end && buffer[_at] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r') _at++;
    }

    private readonly TemplateError Unexpected(string wanted) => TemplateError.Value($"not valid JSON: expected {wanted} at byte {_at}");
}
