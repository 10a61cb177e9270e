namespace InstructKit.Templating.Values;

/// <summary>Iterates over any iterable: items, keys, characters.</summary>
internal struct ValueCursor
{
    private readonly Value _source;
    private readonly int _size; // of a mapping at the start of the iteration
    private long _position;

    private ValueCursor(Value source)
    {
        _source = source;
        _size = source.Kind == ValueKind.Mapping ? source.AsMap.Count : 0;
    }

    /// <summary>Remaining items, if known without iterating; -1 otherwise.</summary>
    public readonly long Remaining => _source.Kind switch
    {
        ValueKind.List or ValueKind.Tuple => _source.AsList.Count - _position,
        ValueKind.Mapping => _source.AsMap.Count - _position,
        ValueKind.Undefined => 0,
        ValueKind.Other when _source.AsObject is MapView view => view.Length!.Value - (int)_position, // a view has a length
        ValueKind.Other when _source.AsObject.Length is { } length => length - _position,
        _ => -1,
    };

    /// <summary>Starts an iteration; fails if the value is not iterable.</summary>
    public static ValueCursor Over(Value source)
    {
        if (source.IsUndefined) source.RequireLenient();
        return IsIterable(source) ? new ValueCursor(source) : throw TemplateError.Type($"'{PythonTypes.Name(source)}' object is not iterable");
    }

    public static bool IsIterable(Value value) => value.Kind switch
    {
        ValueKind.Text or ValueKind.List or ValueKind.Tuple or ValueKind.Mapping or ValueKind.Undefined => true,
        ValueKind.Other => value.AsObject.IsIterable,
        _ => false,
    };

    public bool TryNext(out Value item)
    {
        switch (_source.Kind)
        {
            case ValueKind.List or ValueKind.Tuple:
                var items = _source.AsList;
                if (_position < items.Count)
                {
                    item = items[(int)_position++];
                    return true;
                }

                break;
            case ValueKind.Mapping:
                if (_source.AsMap.Count != _size) throw TemplateError.Value("dictionary changed size during iteration");
                if (_position < _size)
                {
                    item = _source.AsMap[(int)_position++].Key;
                    return true;
                }

                break;
            case ValueKind.Text:
                var rest = _source.TextSpan[(int)_position..];
                if (!rest.IsEmpty)
                {
                    var size = Utf8Text.SizeAt(rest);
                    item = _source.Slice((int)_position, size).AsPlain(); // the characters of a safe text are not marked
                    _position += size;
                    return true;
                }

                break;
            case ValueKind.Other: return _source.AsObject.TryNext(ref _position, out item);
        }

        item = default;
        return false;
    }

    /// <summary>All items as a new list; every item is charged.</summary>
    public static ValueList ToList(RenderContext context, Value source)
    {
        var cursor = Over(source);
        if (source.IsSequence)
        {
            context.Build(source.AsList.Count * 24L);
            return new ValueList(source.AsList.Span);
        }

        return cursor.Rest(context);
    }

    /// <summary>The remaining items as a list; every item is charged.</summary>
    public ValueList Rest(RenderContext context)
    {
        var list = new ValueList();
        while (TryNext(out var item))
        {
            context.Build(24);
            context.Step();
            list.Add(item);
        }

        return list;
    }

    /// <summary>The items, for reading only: the list itself if it is one.</summary>
    public static ValueList View(RenderContext context, Value source)
    {
        if (!source.IsSequence) return ToList(context, source);
        context.Step(source.AsList.Count);
        return source.AsList;
    }
}
